package engine_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
)

func key(tb testing.TB, id string) string {
	tb.Helper()
	line, err := engine.NewEncryptionKey(id)
	if err != nil {
		tb.Fatal(err)
	}
	return line
}

func keys(tb testing.TB, lines ...string) *engine.Encryption {
	tb.Helper()
	e, err := engine.ParseEncryption([]byte("# keys\n\n" + strings.Join(lines, "\n")))
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func TestEncryption_IsReadWithItsKeyAndNoOther(t *testing.T) {
	t.Parallel()
	old, fresh := key(t, "2026"), key(t, "2027")
	first, rotated, other := keys(t, old), keys(t, fresh, old), keys(t, key(t, "2026"))
	rapid.Check(t, func(t *rapid.T) {
		plain := &commonpb.Payload{
			Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: rapid.SliceOf(rapid.Byte()).Draw(t, "data"),
		}
		encrypted, err := first.Encode([]*commonpb.Payload{plain})
		if err != nil {
			t.Fatal(err)
		}
		if len(plain.Data) > 8 && strings.Contains(string(encrypted[0].Data), string(plain.Data)) {
			t.Fatal("it can be read without the key")
		}
		for name, reader := range map[string]*engine.Encryption{"with its key": first, "once another is in use": rotated} {
			if read, err := reader.Decode(encrypted); err != nil || !proto.Equal(read[0], plain) {
				t.Fatalf("%s: %v, %v", name, read, err)
			}
		}
		if read, err := other.Decode(encrypted); err != nil || !proto.Equal(read[0], encrypted[0]) {
			t.Fatalf("with another key of that name: %v, %v", read, err)
		}
		if read, err := first.Decode([]*commonpb.Payload{plain}); err != nil || !proto.Equal(read[0], plain) {
			t.Fatalf("what was never encrypted: %v, %v", read, err)
		}
		changed := proto.CloneOf(encrypted[0])
		changed.Data[rapid.IntRange(0, len(changed.Data)-1).Draw(t, "at")] ^= 1
		if read, err := first.Decode([]*commonpb.Payload{changed}); err != nil || !proto.Equal(read[0], changed) {
			t.Fatalf("changed on the way: %v, %v", read, err)
		}
	})
	var read string
	if err := other.Converter().FromPayload(encryptedBy(t, first, "a state"), &read); err == nil {
		t.Error("what cannot be decrypted is taken for something")
	}
}

func encryptedBy(t *testing.T, e *engine.Encryption, value any) *commonpb.Payload {
	t.Helper()
	plain, err := converter.GetDefaultDataConverter().ToPayload(value)
	if err != nil {
		t.Fatal(err)
	}
	encrypted, err := e.Encode([]*commonpb.Payload{plain})
	if err != nil {
		t.Fatal(err)
	}
	return encrypted[0]
}

func TestParseEncryption_NamesUnreadableKeysByTheirLineAlone(t *testing.T) {
	t.Parallel()
	good := key(t, "a")
	for name, text := range map[string]string{
		"nothing": "", "a remark alone": "# none", "no key": "a", "too short": "a aGVsbG8=", "no base64": "a *", "the same name twice": good + "\n" + good,
		"three parts": good + " x",
	} {
		_, err := engine.ParseEncryption([]byte(text))
		if policy.CodeOf(err) != policy.CodeInvalid || strings.Contains(err.Error(), strings.Fields(good)[1]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := engine.NewEncryptionKey("a b"); policy.CodeOf(err) != policy.CodeInvalid {
		t.Errorf("a name with a space: %v", err)
	}
}

// TestEncryptionConverter_LetsARunAloneWaitForAKey reads what another key encrypted, inside a run and
// outside of one, and what is no JSON inside a run.
func TestEncryptionConverter_LetsARunAloneWaitForAKey(t *testing.T) {
	t.Parallel()
	sealed := &commonpb.Payloads{Payloads: []*commonpb.Payload{encryptedBy(t, keys(t, key(t, "first")), "a state")}}
	for name, reader := range map[string]*engine.Encryption{"without keys": nil, "with another key": keys(t, key(t, "second"))} {
		inRun := reader.Converter().(workflow.ContextAware).WithWorkflowContext(nil)
		outside := inRun.(workflow.ContextAware).WithContext(t.Context())
		var state string
		if said := panics(func() { _ = inRun.FromPayloads(sealed, &state) }); !strings.Contains(said, `encrypted with the key "first"`) {
			t.Errorf("%s: a run that cannot read its state says %q, want a panic that names the key", name, said)
		}
		if err := outside.FromPayloads(sealed, &state); !errors.Is(err, converter.ErrEncodingIsNotSupported) {
			t.Errorf("%s: outside of a run: %v", name, err)
		}
		var raw converter.RawValue
		if err := inRun.FromPayload(sealed.Payloads[0], &raw); err != nil {
			t.Errorf("%s: a message that is received as it comes: %v", name, err)
		}
		rubbish := &commonpb.Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte("{")}
		if err := inRun.FromPayload(rubbish, &state); err == nil {
			t.Errorf("%s: rubbish is taken for a state", name)
		}
	}
}

func panics(do func()) (said string) {
	defer func() {
		if reason := recover(); reason != nil {
			said = fmt.Sprint(reason)
		}
	}()
	do()
	return ""
}
