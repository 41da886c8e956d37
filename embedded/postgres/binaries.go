package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// BinariesVariable names the environment variable that says where initdb and
// postgres are. It is read when [Options].Binaries is empty.
const BinariesVariable = "POLICYCYCLE_POSTGRES"

// oldestMajor is the oldest PostgreSQL for new data.
const oldestMajor = 13

// downloadMajor is the PostgreSQL that is downloaded for new data.
const downloadMajor = 17

// knownPlaces are where packages put the binaries, as patterns.
var knownPlaces = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // PostgreSQL's own packages for Fedora, Red Hat
	"/usr/libexec/postgresql*",  // Alpine
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// binaries are one installation of PostgreSQL.
type binaries struct {
	folder string // holds initdb and postgres
	major  int
}

func (b binaries) initdb() string   { return filepath.Join(b.folder, "initdb") }
func (b binaries) postgres() string { return filepath.Join(b.folder, "postgres") }

// finder looks for PostgreSQL. Its fields are what a test replaces.
type finder struct {
	explicit string                                               // the only folder to look in, unless empty
	places   func() []string                                      // folders in order of preference
	download func(ctx context.Context, major int) (string, error) // the last resort: returns a folder
}

// find returns binaries of the wanted major version (0: any that can start new
// data).
func (f finder) find(ctx context.Context, want int) (binaries, error) {
	if f.explicit != "" {
		found, err := inspect(ctx, f.explicit)
		if err != nil {
			return binaries{}, fmt.Errorf("%s was named as the folder of PostgreSQL, but %w", f.explicit, err)
		}
		if !fits(found.major, want) {
			return binaries{}, fmt.Errorf("%s holds PostgreSQL %d, but %s", f.explicit, found.major, needed(want))
		}
		return found, nil
	}
	for _, place := range f.places() {
		if found, err := inspect(ctx, place); err == nil && fits(found.major, want) {
			return found, nil
		}
	}
	return f.fetch(ctx, want)
}

// fetch downloads PostgreSQL. Its error is the last word to somebody who has
// none, so it says what to do.
func (f finder) fetch(ctx context.Context, want int) (binaries, error) {
	major := want
	if major == 0 {
		major = downloadMajor
	}
	folder, err := f.download(ctx, major)
	if err == nil {
		var found binaries
		if found, err = inspect(ctx, folder); err == nil {
			return found, nil
		}
	}
	return binaries{}, fmt.Errorf("no usable PostgreSQL is on this machine (%s) and none could be downloaded (%w): "+
		"install it (Debian, Ubuntu: apt install %s; macOS: brew install postgresql@%d) or set %s to the folder that holds initdb and postgres",
		needed(want), err, debianPackage(want), major, BinariesVariable)
}

func debianPackage(want int) string {
	if want == 0 {
		return "postgresql"
	}
	return fmt.Sprintf("postgresql-%d", want)
}

func fits(major, want int) bool {
	return major == want || want == 0 && major >= oldestMajor
}

func needed(want int) string {
	if want == 0 {
		return fmt.Sprintf("version %d or later is needed", oldestMajor)
	}
	return fmt.Sprintf("the data were written by version %d and need it", want)
}

var versionPattern = regexp.MustCompile(`PostgreSQL\) (\d+)`)

// inspect says which PostgreSQL a folder holds.
func inspect(ctx context.Context, folder string) (binaries, error) {
	b := binaries{folder: folder}
	if _, err := os.Stat(b.initdb()); err != nil {
		return b, errors.New("it has no initdb")
	}
	answer, err := exec.CommandContext(ctx, b.postgres(), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("its postgres cannot be run: %w", err)
	}
	match := versionPattern.FindSubmatch(answer)
	if match == nil {
		return b, fmt.Errorf("its postgres gives no version (%q)", answer)
	}
	b.major, err = strconv.Atoi(string(match[1]))
	return b, err
}

// placesHere lists the folders of this machine that may hold PostgreSQL: what
// the owner of the machine chose (PATH, pg_config) before the newest package.
func placesHere() []string {
	var places []string
	if path, err := exec.LookPath("initdb"); err == nil {
		places = append(places, filepath.Dir(path))
	}
	if answer, err := exec.Command("pg_config", "--bindir").Output(); err == nil { //nolint:noctx // answers at once
		places = append(places, strings.TrimSpace(string(answer)))
	}
	return append(places, newestFirst(knownPlaces)...)
}

var numberPattern = regexp.MustCompile(`\d+`)

func newestFirst(patterns []string) []string {
	var folders []string
	for _, pattern := range patterns {
		found, _ := filepath.Glob(pattern) // the only error is a bad pattern
		folders = append(folders, found...)
	}
	slices.SortStableFunc(folders, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
	return folders
}

func number(folder string) int {
	n, _ := strconv.Atoi(numberPattern.FindString(folder))
	return n
}
