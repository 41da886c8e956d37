package engine_test

import (
	"strings"
	"testing"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
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

func TestWhatIsEncryptedIsReadWithItsKeyAndNoOther(t *testing.T) {
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

func TestKeysThatCannotBeReadAreNamedByTheirLineAndNeverRepeated(t *testing.T) {
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
