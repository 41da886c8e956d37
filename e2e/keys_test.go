package e2e_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/policycycle/policycycle/engine"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/protocol"
	"github.com/policycycle/policycycle/store"
	"github.com/policycycle/policycycle/worker"
)

// keyLines gives the line of a key that encrypts for each name.
func keyLines(t *testing.T, names ...string) []string {
	t.Helper()
	lines := make([]string, len(names))
	for i, name := range names {
		var err error
		if lines[i], err = engine.NewEncryptionKey(name); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// ofLines gives the keys of a file with some lines.
func ofLines(t *testing.T, lines ...string) *engine.Encryption {
	t.Helper()
	keys, err := engine.ParseEncryption([]byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// laterByMinutes has the records think that those who work with a key were seen some minutes
// earlier: nobody waits in a test.
func laterByMinutes(t *testing.T, records string) {
	t.Helper()
	execute(t, records, "UPDATE keys SET seen_at = seen_at - interval '5 minutes'")
}

// TestRunsGoOnWithoutAKeyThatWasRetired changes the key that encrypts while a cycle is under way,
// and then takes the old one away.
func TestRunsGoOnWithoutAKeyThatWasRetired(t *testing.T) {
	t.Parallel()
	const cycle, name, oldKey, newKey = "renewed", "renewed", "key-of-2026", "key-of-2027"
	records := database(t, name)
	lines := keyLines(t, oldKey, newKey)
	before := rooms(t, records, name, ofLines(t, lines[0], lines[1]), nil)
	stop := before.works()
	before.starts(past(cycle))
	before.submits(policy.Europol, at(cycle, "assessment"), "2021-04-10")
	before.submits(policy.Presidency, at(cycle, "priorities"), "2021-05-01")
	before.decides(policy.Council, at(cycle, "priorities"), policy.Adopted, "2021-05-26")
	if err := worker.Retire(t.Context(), before.engine, before.store, oldKey); policy.CodeOf(err) != policy.CodeNotReady {
		t.Fatalf("a key that is in use is retired: %v", err)
	}
	stop()

	both := rooms(t, records, name, ofLines(t, lines[1], lines[0]), nil)
	stop = both.works()
	both.submits(policy.Commission, at(cycle, "masp/general"), "2021-10-01")
	laterByMinutes(t, records)
	if err := worker.Retire(t.Context(), both.engine, both.store, oldKey); err != nil {
		t.Fatal(err)
	}
	runs, err := both.store.ListInMotion(t.Context(), cycle, time.Now())
	if err != nil || len(runs) == 0 {
		t.Fatalf("in motion are %v, %v", runs, err)
	}
	for _, run := range runs {
		stretches := histories(t, both.engine.Client(), protocol.WorkflowID(run))
		last, err := proto.Marshal(stretches[len(stretches)-1])
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(last, []byte(oldKey)) || !bytes.Contains(last, []byte(newKey)) {
			t.Errorf("the run of %v goes on with what %s encrypted", run, oldKey)
		}
	}
	stop()

	after := rooms(t, records, name, ofLines(t, lines[1]), nil)
	after.works()
	after.decides(policy.COSI, at(cycle, "masp/general"), policy.Adopted, "2021-10-15")
	after.starts(past("after-it"))
	after.submits(policy.Europol, at("after-it", "assessment"), "2021-04-10")
	for _, line := range mustTrail(t, after, cycle) {
		if !line.Accepted {
			t.Errorf("the trail has a refusal: %+v", line)
		}
	}
	keys, err := after.store.ListKeys(t.Context())
	if err != nil || len(keys) != 2 || keys[0].State() != store.KeyRetired || keys[1].State() != store.KeyInUse {
		t.Errorf("the keys are %+v, %v", keys, err)
	}
}
