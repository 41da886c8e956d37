package tools_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// ./test names the tests of some rooms that it runs under the race detector: in each there
// is one, whatever tests are called one day.
func TestRaces_AreWatchedInEachRoomByName(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../test")
	if err != nil {
		t.Fatal(err)
	}
	watched := regexp.MustCompile(`-race ((?:\./\w+ )+)-run '(.+)'`).FindSubmatch(script)
	if watched == nil {
		t.Fatal("./test names no rooms and tests any more")
	}
	named := regexp.MustCompile(`(?m)^func Test\w*(` + string(watched[2]) + `)`)
	for _, room := range regexp.MustCompile(`\w+`).FindAllString(string(watched[1]), -1) {
		files, err := filepath.Glob(filepath.Join("..", room, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || named.Match(text)
		}
		if !found {
			t.Errorf("no test of %s is watched for races", room)
		}
	}
}
