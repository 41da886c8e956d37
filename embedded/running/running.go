// Package running lets a command in one terminal find the engine that
// `policycycle up` runs in another. It links nothing of the engine.
//
// Truth is the lock on the data folder ([Lock]): whatever is written, an engine
// whose lock is free is not running.
package running

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
)

// RegistryVariable names the environment variable that moves the folder in
// which running engines are registered, for tests that want one of their own.
const RegistryVariable = "POLICYCYCLE_RUNNING"

// ErrNone is in the error of [Find] when nothing runs where it looked.
var ErrNone = errors.New("no policycycle is up")

// ErrSeveral is in the error of [Find] when only the caller can say which of
// the running engines is meant.
var ErrSeveral = errors.New("several policycycles are up")

// Info says where a running engine is. It holds the database password, so it
// is written for its user alone.
type Info struct {
	// PID is the process of `policycycle up`.
	PID int `json:"pid"`
	// Dir is the data folder, absolute and without symbolic links.
	Dir string `json:"dir"`
	// DatabaseURL is the address of policycycle's database for pgx.
	DatabaseURL string `json:"database_url"`
	// TemporalAddress is the frontend's host:port.
	TemporalAddress string `json:"temporal_address"`
	// Namespace is Temporal's namespace.
	Namespace string `json:"namespace"`
	// Office is the address where acts are sealed; empty where they are not.
	Office string `json:"office,omitempty"`
	// StartedAt is when the engine came up.
	StartedAt time.Time `json:"started_at"`
	// Ready is false until cycles can be worked on.
	Ready bool `json:"ready"`
}

// DefaultDir is the data folder when none is named: /var/lib/policycycle for
// root, $XDG_DATA_HOME/policycycle or ~/.local/share/policycycle for others.
func DefaultDir() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/lib/policycycle", nil
	}
	if data := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(data) {
		return filepath.Join(data, "policycycle"), nil
	}
	home, err := homeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home folder to keep data in, name one with --data: %w", err)
	}
	return filepath.Join(home, ".local", "share", "policycycle"), nil
}

// homeDir does without HOME, which services often lack.
func homeDir() (string, error) {
	if home, err := os.UserHomeDir(); err == nil {
		return home, nil
	}
	us, err := user.Current()
	if err != nil {
		return "", err
	}
	return us.HomeDir, nil
}

// registry is a folder with one file for each engine that was announced.
type registry struct {
	folder     string
	defaultDir string
}

// ours is the registry of this user.
func ours() (registry, error) {
	dir, err := DefaultDir()
	if err != nil {
		dir = "" // no default engine, yet there may be others
	}
	if folder := os.Getenv(RegistryVariable); folder != "" {
		return registry{folder, dir}, nil
	}
	if os.Geteuid() == 0 {
		return registry{"/var/run/policycycle/running", dir}, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		home, err := homeDir()
		if err != nil {
			return registry{}, fmt.Errorf("there is no home folder to register running engines in: %w", err)
		}
		cache = filepath.Join(home, ".cache")
	}
	return registry{filepath.Join(cache, "policycycle", "running"), dir}, nil
}

// Announce makes an engine findable, or replaces what was said of it, for
// instance once it is Ready. The caller must hold the folder's [Lock]. withdraw
// takes the announcement back; an engine that dies without it is noticed too.
func Announce(info Info) (withdraw func(), err error) {
	r, err := ours()
	if err != nil {
		return nil, err
	}
	return r.announce(info)
}

// Find returns the engine of a data folder. With dir empty it is the one in the
// default folder, else the only one that runs; [ErrNone] and [ErrSeveral] tell
// what else can be, in a sentence that says what to type. The engine may not be
// Ready yet.
func Find(dir string) (Info, error) {
	r, err := ours()
	if err != nil {
		return Info{}, err
	}
	return r.find(dir)
}

// All returns the engines that run, the oldest first.
func All() ([]Info, error) {
	r, err := ours()
	if err != nil {
		return nil, err
	}
	return r.all()
}

func (r registry) announce(info Info) (func(), error) {
	dir, err := statefile.RealPath(info.Dir)
	if err != nil {
		return nil, fmt.Errorf("the engine cannot be announced: %w", err)
	}
	info.Dir = dir
	content, err := json.MarshalIndent(info, "", "  ")
	if err == nil {
		err = os.MkdirAll(r.folder, 0o700)
	}
	files := []string{infoFile(dir), r.entry(dir)}
	for _, file := range files {
		err = errors.Join(err, statefile.WriteFile(file, content))
	}
	withdraw := func() {
		for _, file := range files {
			_ = os.Remove(file)
		}
	}
	if err != nil {
		withdraw()
		return nil, fmt.Errorf("the engine cannot be announced: %w", err)
	}
	return withdraw, nil
}

func infoFile(dir string) string { return filepath.Join(dir, "running.json") }

// entry is the file of a data folder in the registry.
func (r registry) entry(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(r.folder, hex.EncodeToString(sum[:8])+".json")
}

func (r registry) find(dir string) (Info, error) {
	if dir != "" {
		return findIn(dir)
	}
	if info, err := findIn(r.defaultDir); r.defaultDir != "" && err == nil {
		return info, nil
	}
	all, err := r.all()
	switch {
	case err != nil:
		return Info{}, err
	case len(all) == 1:
		return all[0], nil
	case len(all) == 0:
		return Info{}, fmt.Errorf("%w: type `policycycle up` in another terminal", ErrNone)
	}
	var dirs []string
	for _, info := range all {
		dirs = append(dirs, "--data "+info.Dir)
	}
	return Info{}, fmt.Errorf("%w: say which one is meant with %s", ErrSeveral, strings.Join(dirs, " or "))
}

// findIn looks at one data folder.
func findIn(dir string) (Info, error) {
	none := fmt.Errorf("%w on %s: type `policycycle up --data %s` in another terminal", ErrNone, dir, dir)
	folder, err := statefile.RealPath(dir)
	if err != nil {
		return Info{}, none
	}
	info, err := alive(infoFile(folder))
	if errors.Is(err, fs.ErrPermission) {
		return Info{}, fmt.Errorf("%w that you may use on %s: it belongs to another user (%w)", ErrNone, dir, err)
	}
	if errors.Is(err, errStarting) {
		return Info{}, fmt.Errorf("%w on %s yet, it is starting: try again in a moment", ErrNone, dir)
	}
	if err != nil {
		return Info{}, none
	}
	return info, nil
}

// errStarting says that an engine holds its folder and has not announced itself.
var errStarting = errors.New("starting")

// alive reads an announcement and checks it against the lock of its folder.
func alive(file string) (Info, error) {
	info := Info{Dir: filepath.Dir(file)} // right for running.json, which may not be there yet
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrPermission) {
		return Info{}, err
	}
	if err == nil {
		err = json.Unmarshal(content, &info)
	}
	holder, held := Holder(info.Dir)
	if !held {
		return Info{}, ErrNone
	}
	if err != nil || holder != info.PID {
		return Info{}, errStarting
	}
	return info, nil
}

func (r registry) all() ([]Info, error) {
	files, err := filepath.Glob(filepath.Join(r.folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("the running engines cannot be listed: %w", err)
	}
	var all []Info
	for _, file := range files {
		switch info, err := alive(file); {
		case err == nil:
			all = append(all, info)
		case errors.Is(err, ErrNone):
			_ = os.Remove(file) // stale
		}
	}
	slices.SortFunc(all, func(a, b Info) int {
		return cmp.Or(a.StartedAt.Compare(b.StartedAt), strings.Compare(a.Dir, b.Dir))
	})
	return all, nil
}
