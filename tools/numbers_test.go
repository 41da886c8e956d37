package tools

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// realNumbers are those of documents of the Council that there are: what they number, and
// where the number is cited.
var realNumbers = map[string]string{
	"ST 11050/11": "conclusions on the priorities 2011-2013; cited in the literature on the first cycle",
	"ST 8665/21":  "conclusions on the priorities 2022-2025; cited in the literature on EMPACT",
	"ST 5292/23":  "draft conclusions on the continuation of EMPACT: report of Eurojust on the COSI Support Group of 7 February 2023",
	"ST 7101/23":  "conclusions revising the priorities 2022-2025; cited in the literature on EMPACT",
	"ST 9927/16":  "report on the meeting of national coordinators of May 2016",
}

var councilNumber = regexp.MustCompile(`\b(ST|WK|CM|DS|SN|RH|EX) (\d{1,5})(?:/\d{1,2})?/(\d{2})\b`)

// A reader who looks a number of the register up finds the document that is meant: what is
// invented has a series of its own, and no more numbers in a year than a real one.
func TestNumbers_OfTheRegisterAreRealWhereAReaderMeetsThem(t *testing.T) {
	t.Parallel()
	cited := map[string]bool{}
	look := func(name string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range councilNumber.FindAllStringSubmatch(string(text), -1) {
			number := m[1] + " " + m[2] + "/" + m[3]
			switch n, err := strconv.Atoi(m[2]); {
			case m[1] == policy.RehearsalSeries || m[1] == policy.ExampleSeries:
				if err != nil || n > policy.MostInvented {
					t.Errorf("%s: %s is invented and larger than %d", name, m[0], policy.MostInvented)
				}
			case realNumbers[number] == "":
				t.Errorf("%s: %s is not among the documents that there are: give an invented one the series %s", name, m[0], policy.ExampleSeries)
			default:
				cited[number] = true
			}
		}
	}
	shown := []string{".md", ".yaml", ".csv", ".json"}
	for _, folder := range []string{"../docs", "../examples", "../web/text"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && slices.Contains(shown, filepath.Ext(name)) {
				look(name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{"../*.md", "../cmd/policycycle/*.go", "../*/example_test.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(names))
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "example_test.go") {
				look(name)
			}
		}
	}
	for number := range realNumbers {
		if !cited[number] {
			t.Errorf("%s is cited nowhere any more", number)
		}
	}
}
