package postgres

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rs/zerolog"
)

// packed makes an archive as Maven Central has them from the PostgreSQL of this machine.
func packed(t *testing.T, b binaries) []byte {
	t.Helper()
	initdb, err := filepath.EvalSymlinks(b.initdb()) // it may be a link into the folder of its parts
	if err != nil {
		t.Fatal(err)
	}
	txz := filepath.Join(t.TempDir(), "postgres.txz")
	tar := exec.CommandContext(t.Context(), "tar", "-chJf", txz, "-C", filepath.Dir(filepath.Dir(initdb)), "bin/initdb", "bin/pg_ctl", "bin/postgres", "lib")
	tar.Env = append(os.Environ(), "XZ_OPT=-0")
	if out, err := tar.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	content, err := os.ReadFile(txz)
	if err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "postgres-linux-x86_64.txz", Method: zip.Store})
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return jar.Bytes()
}

// repository serves an archive as a Maven repository does, and counts how often it is fetched.
func repository(t *testing.T, jar []byte, digest string) (address string, fetched *atomic.Int64) {
	t.Helper()
	fetched = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !strings.HasPrefix(r.URL.Path, "/io/zonky/test/postgres/embedded-postgres-binaries-"):
			http.NotFound(w, r)
		case strings.HasSuffix(r.URL.Path, ".jar.sha256"):
			_, _ = w.Write([]byte(digest))
		default:
			fetched.Add(1)
			_, _ = w.Write(jar)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, fetched
}

// Who has no PostgreSQL and may not install it gets one from an archive, which serves.
func TestFind_DownloadsPostgresOnce(t *testing.T) {
	t.Parallel()
	here, err := finder{places: placesHere, download: offline}.find(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	jar := packed(t, here)
	digest := sha256.Sum256(jar)
	address, fetched := repository(t, jar, hex.EncodeToString(digest[:]))
	cache := enterable(t)
	f := finder{places: nothing, download: archive{address, cache}.download}
	for range 2 {
		found, err := f.find(t.Context(), here.major)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(found.folder, cache) || found.major != here.major {
			t.Errorf("found %+v", found)
		}
	}
	if fetched.Load() != 1 {
		t.Errorf("it was downloaded %d times", fetched.Load())
	}
	s, err := Start(t.Context(), Options{Scratch: true, Log: zerolog.Nop(), Binaries: filepath.Join(cache, strconv.Itoa(here.major), "bin")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop(t.Context())
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// What was changed on its way is not used, and whoever waits is told what to do.
func TestFind_UsesNoArchiveThatWasChanged(t *testing.T) {
	t.Parallel()
	address, _ := repository(t, []byte("another archive"), strings.Repeat("0", 64))
	cache := enterable(t)
	_, err := finder{places: nothing, download: archive{address, cache}.download}.find(t.Context(), 15)
	if err == nil || !strings.Contains(err.Error(), "checksums do not match") || !strings.Contains(err.Error(), "apt install") {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(cache)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// enterable is a folder that PostgreSQL may enter under root, too.
func enterable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "policycycle-download-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
