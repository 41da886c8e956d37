package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/tools/guardian"
)

func TestMain(m *testing.M) {
	os.Exit(guardian.Tests(func() int {
		defer browser.Stop()
		return m.Run()
	}))
}

// site is a small place to try the browser on.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>Form</title><link rel="stylesheet" href="/one.css"></head><body><main><h1>Form</h1>
			<form method="post" action="/sent"><p><label for="n">Name</label><input id="n" name="name"></p>
			<p><label for="c">Colour</label><select id="c" name="colour"><option>red</option><option>blue</option></select></p><button>Send</button></form></main></body></html>`)
	})
	mux.HandleFunc("POST /sent", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintf(w, `<!doctype html><html lang="en"><head><title>Sent</title></head><body><style>p { color: #aaa } @media (prefers-color-scheme: dark) { body { background: #000 } h1 { color: #fff } }</style>
			<main><h1>%s likes %s</h1><p>Pale on white</p><img src="/x.png"></main></body></html>`, r.FormValue("name"), r.FormValue("colour"))
	})
	mux.HandleFunc("GET /one.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `@import url("/two.css");`)
	})
	mux.HandleFunc("GET /two.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, `h1 { color: black }`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheBrowserDoesWhatPeopleDoAndFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	url := site(t)
	p := browser.Start(t).NewPage(t, browser.Options{Dark: true})
	p.Open(url)
	if violations := p.Axe(); len(violations) > 0 {
		t.Errorf("a good page is blamed: %v", violations)
	}
	if bytes, depth := p.Weight(); depth != 3 || bytes == 0 {
		t.Errorf("%d bytes, %d requests deep: want the sheet that a sheet loads", bytes, depth)
	}
	p.Fill("Name", "Anna")
	p.Choose("Colour", "blue")
	p.Click("Send")
	p.See("Anna likes blue")
	if p.Status() != http.StatusConflict || p.Clicks() != 1 || p.Has("Send") {
		t.Errorf("status %d, %d clicks", p.Status(), p.Clicks())
	}
	found := map[string]string{}
	p.InBoth(func(scheme string) { found[scheme] = fmt.Sprint(p.Axe()) })
	if !strings.Contains(found["dark"], "image-alt") {
		t.Errorf("a picture without words is not found: %s", found)
	}
	for _, scheme := range []string{"dark", "light"} {
		if pale := strings.Contains(found[scheme], "color-contrast"); pale != (scheme == "light") {
			t.Errorf("what is pale on a light device alone is found so: %s", found)
		}
	}
}
