package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/timestamps"
	"github.com/policycycle/policycycle/timestamps/timestampstest"
)

func TestAuditTimestamps_NamesWhatIsNotBelieved(t *testing.T) {
	t.Parallel()
	authority, dir := timestampstest.Open(t), t.TempDir()
	file := func(name string, content []byte) string {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	witness := filepath.Join(dir, "witness")
	if err := os.Mkdir(witness, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"1", "2"} {
		answer, err := timestamps.Authority{URL: authority.URL}.Stamp(t.Context(), []byte(name))
		if err != nil {
			t.Fatal(err)
		}
		file(filepath.Join("witness", name+".txt"), []byte(name))
		file(filepath.Join("witness", name+".tsr"), answer)
	}
	file(filepath.Join("witness", "3.txt"), []byte("3"))
	trusted := file("authority.pem", authority.PEM)
	check := []string{"audit", "timestamps", witness, "--authority", trusted}
	if got := command(t.Context(), fakeParts(nil), nil, check...); got.status != 0 || strings.Count(got.out, "Authority for tests") != 2 || !strings.Contains(got.out, "no authority was asked") {
		t.Errorf("%+v", got)
	}
	file(filepath.Join("witness", "2.txt"), []byte("changed"))
	if got := command(t.Context(), fakeParts(nil), nil, check...); got.status != 19 || !strings.Contains(got.err, "2.txt is not believed") {
		t.Errorf("%+v", got)
	}
	if got := command(t.Context(), fakeParts(nil), nil, "audit", "timestamps", witness, "--authority", file("no.pem", []byte("no"))); got.status != 2 {
		t.Errorf("%+v", got)
	}
}
