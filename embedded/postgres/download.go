package postgres

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"

	"github.com/policycycle/policycycle/embedded/internal/statefile"
)

var downloadVersions = map[int]embeddedpostgres.PostgresVersion{
	13: embeddedpostgres.V13, 14: embeddedpostgres.V14, 15: embeddedpostgres.V15,
	16: embeddedpostgres.V16, 17: embeddedpostgres.V17, 18: embeddedpostgres.V18,
}

// RepositoryVariable names the environment variable that says where PostgreSQL is
// downloaded from: the address of a Maven repository, such as a mirror in a house without
// a way out. It is Maven Central unless it is set.
const RepositoryVariable = "POLICYCYCLE_POSTGRES_REPOSITORY"

// archive is where PostgreSQL is downloaded from, and where to.
type archive struct {
	repository string // empty for Maven Central
	cache      string
}

// download fetches PostgreSQL into the cache of this user, once, and returns
// the folder of its binaries.
func download(ctx context.Context, major int) (string, error) {
	cache, err := downloadCache()
	if err != nil {
		return "", err
	}
	return archive{os.Getenv(RepositoryVariable), cache}.download(ctx, major)
}

// download fetches PostgreSQL unless it is there, and returns the folder of its binaries.
func (a archive) download(ctx context.Context, major int) (string, error) {
	home := filepath.Join(a.cache, strconv.Itoa(major))
	if _, err := os.Stat(home); err == nil {
		return filepath.Join(home, "bin"), nil
	}
	done := make(chan error, 1)
	go func() { done <- a.downloadTo(home, major) }() // the library takes no context
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	return filepath.Join(home, "bin"), err
}

// downloadCache is a folder that every user may read when we are root, because
// PostgreSQL then runs as somebody else.
func downloadCache() (string, error) {
	if os.Geteuid() == 0 {
		return "/var/cache/policycycle/postgres", nil
	}
	cache, err := os.UserCacheDir()
	return filepath.Join(cache, "policycycle", "postgres"), err
}

// downloadTo unpacks into a folder beside home that becomes home only when it
// is whole. The library knows no "only download": it also makes and starts a
// database, in vain as root, so what counts is whether the binaries are there.
func (a archive) downloadTo(home string, major int) error {
	version, known := downloadVersions[major]
	if !known {
		return fmt.Errorf("PostgreSQL %d is not offered for download", major)
	}
	if err := os.MkdirAll(a.cache, 0o755); err != nil {
		return err
	}
	part, err := os.MkdirTemp(a.cache, "part-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(part) }()
	ports, err := statefile.Ports(filepath.Join(part, "port"), 1)
	if err != nil {
		return err
	}
	unpacked := filepath.Join(part, "postgres")
	config := embeddedpostgres.DefaultConfig()
	if a.repository != "" {
		config = config.BinaryRepositoryURL(a.repository)
	}
	library := embeddedpostgres.NewDatabase(config.
		Version(version).Port(uint32(ports[0])).Logger(io.Discard).
		CachePath(part).BinariesPath(unpacked).
		RuntimePath(filepath.Join(part, "run")).DataPath(filepath.Join(part, "data")))
	err = library.Start()
	if err == nil {
		err = library.Stop()
	}
	if _, missing := inspect(context.Background(), filepath.Join(unpacked, "bin")); missing != nil {
		return err
	}
	if err != nil && strings.Contains(err.Error(), "extract") { // only some of it is there
		return err
	}
	return os.Rename(unpacked, home)
}
