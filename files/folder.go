package files

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
)

// Folder is a whole cycle as a directory of files: what export writes and
// import reads, and what an example is. A README.md and files whose names begin
// with a dot may stand in it, too.
//
//	cycle.yaml                        the cycle, and the script of its rehearsal
//	definitions/v2.yaml               the definition as each amendment left it
//	acts.csv                          what was done, oldest first
//	documents/oap/2022/firearms/v1.yaml   what stands in a version, without its actions
//	actions.csv                       the operational actions of all versions
//	files/ID.pdf                      what an act handed in as a file
//	registers/consents.csv            the rows of each register, oldest first
//	people.csv                        whom the register of substitutions names by number
type Folder struct {
	CycleFile
	// Definitions holds the amended definitions by their version, from 2 on.
	Definitions map[int]policy.Definition
	Acts        []Act
	// Documents holds the contents by path and version: "oap/2022/firearms/v1".
	Documents map[string]policy.Content
	// Files holds what was handed in as a file, by the ID of the act.
	Files map[string]policy.File
	// Rows holds the rows of the registers, in the order of policy.Registers.
	Rows []policy.Row
	// People are those whom the rows name by number.
	People []policy.Named
}

// Act is an act as it stands in acts.csv. The digests in it follow from the
// documents and are left out: see Folder.Handed.
type Act struct {
	ID string `json:"id"`
	policy.Act
}

// The files and folders of a Folder.
const (
	cycleName      = "cycle.yaml"
	actsName       = "acts.csv"
	actionsName    = "actions.csv"
	peopleName     = "people.csv"
	definitionsDir = "definitions"
	documentsDir   = "documents"
	registersDir   = "registers"
	filesDir       = "files"
)

func definitionName(version int) string {
	return fmt.Sprintf("%s/v%d.yaml", definitionsDir, version)
}

func documentName(key string) string { return documentsDir + "/" + key + ".yaml" }

func registerName(register policy.Register) string {
	return registersDir + "/" + string(register) + ".csv"
}

// tolerated says whether a file or folder may stand beside those of the cycle.
func tolerated(base string) bool { return base == "README.md" || strings.HasPrefix(base, ".") }

// versionOf takes a path and version, such as "oap/2022/firearms/v1", apart.
func versionOf(key string) (path string, version int, ok bool) {
	slash := strings.LastIndexByte(key, '/')
	number, numbered := strings.CutPrefix(key[slash+1:], "v")
	version, err := strconv.Atoi(number)
	ok = numbered && err == nil && version > 0 && strconv.Itoa(version) == number
	return key[:max(slash, 0)], version, ok
}

// versionKey is what versionOf takes apart.
func versionKey(path string, version int) string { return fmt.Sprintf("%s/v%d", path, version) }

// Handed gives the path and version under which stands in Documents what each
// act handed in, "" for an act that hands nothing in. A final text is a version of its own, and
// so is a corrigendum that brings the whole text.
func (f *Folder) Handed() []string {
	keys := make([]string, len(f.Acts))
	last, of := map[policy.Subject]int{}, map[string]int{} // by the ID of the act
	for i, act := range f.Acts {
		version := act.Version
		switch {
		case act.Kind == policy.ActSubmit, act.Kind == policy.ActFinalise:
		case act.Kind != policy.ActCorrect || version == 0:
			continue
		}
		if act.Kind != policy.ActFinalise { // one that is rectified has a version of its own
			version = cmp.Or(version, of[act.Rectifies])
		}
		if version == 0 {
			version = last[act.Subject] + 1
		}
		last[act.Subject], of[act.ID] = max(last[act.Subject], version), version
		keys[i] = versionKey(act.Subject.Path(), version)
	}
	return keys
}

// sortedVersions puts paths and versions in order: v2 before v10.
func sortedVersions(keys iter.Seq[string]) []string {
	return slices.SortedFunc(keys, func(a, b string) int {
		pathA, versionA, _ := versionOf(a)
		pathB, versionB, _ := versionOf(b)
		return cmp.Or(cmp.Compare(pathA, pathB), cmp.Compare(versionA, versionB), cmp.Compare(a, b))
	})
}
