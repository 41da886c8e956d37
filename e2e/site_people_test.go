package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/policycycle/policycycle/identity"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// counter is a site at whose services somebody asks one by one.
type counter struct {
	*site
	doors   [2]string    // the https address of each service alone
	public  *http.Client // in which nobody is logged in
	figures strings.Builder
}

func counters(t *testing.T) *counter {
	t.Helper()
	s := settles(t)
	c := &counter{site: s, public: s.browser()}
	for i, at := range s.services {
		_, port, err := net.SplitHostPort(s.certs.proxy(t, at).Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.doors[i] = "https://localhost:" + port
	}
	return c
}

// notes keeps a figure for the report.
func (c *counter) notes(format string, values ...any) {
	_, _ = fmt.Fprintf(&c.figures, format+"\n", values...)
}

// took notes how long something took.
func (c *counter) took(what string, since time.Time) {
	c.notes("%s: %s", what, time.Since(since).Round(time.Millisecond))
}

// personAt gives somebody at one of the services.
func (c *counter) personAt(door int, name, group string) *person {
	p := c.person(name, group)
	p.URL = c.doors[door]
	return p
}

// asks has a token shown at a service, and gives the status of the answer.
func (c *counter) asks(door int, token string) int {
	c.t.Helper()
	answer := c.shows(c.t.Context(), door, "/v1/whoami", token)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// shows gives the answer of a service to who shows a token.
func (c *counter) shows(ctx context.Context, door int, path, token string) *http.Response {
	c.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.doors[door]+path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := c.public.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

// knows says whether Anna is logged in with a browser at a service.
func (c *counter) knows(browser *http.Client, door int) bool {
	c.t.Helper()
	_, page, _ := goes(c.t, browser, c.doors[door]+"/")
	return strings.Contains(page, "Anna Berg")
}

// TestWhatIsTakenFromSomebodyEndsAtBothServices takes a role from somebody who acts at both, and
// logs somebody out at one of them: who asks after that is refused at both.
func TestWhatIsTakenFromSomebodyEndsAtBothServices(t *testing.T) {
	t.Parallel()
	c := counters(t)
	c.withdraws()
	browser := c.logsIn()
	c.logsOut(browser, "a log-out in the browser", func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.doors[0]+"/logout", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
	})
	over := time.Now().Add(time.Second)
	eventually(t, "the second is over up to which all that was issued has ended", func() bool { return time.Now().After(over) })
	c.provider.At(time.Now())
	browser = c.logsIn()
	c.logsOut(browser, "a log-out that the provider tells of", func() {
		told := c.provider.LogsOut()
		told["sub"] = "anna"
		answer, err := c.public.PostForm(c.doors[0]+identity.PathBackChannel, url.Values{"logout_token": {c.provider.Signs(told)}})
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != http.StatusOK {
			t.Errorf("the log-out is not believed: %d", answer.StatusCode)
		}
	})
	t.Logf("until what was taken away had ended:\n%s", c.figures.String())
}

// withdraws takes the role from an official who opens items at both services without a pause
// and follows what changes there.
func (c *counter) withdraws() {
	c.t.Helper()
	const cycle, name, group = "withdrawn", "Rita", "empact-general-secretariat"
	c.plans(cycle, 1)
	var wait sync.WaitGroup
	var each [2]*acting
	var ended [2]time.Time
	for door := range c.doors {
		rita := c.personAt(door, name, group)
		changes := c.stream(door, rita.shows().Token)
		wait.Go(func() {
			_, _ = io.Copy(io.Discard, changes)
			ended[door] = time.Now()
		})
		each[door] = &acting{person: rita}
		wait.Go(func() { each[door].opens(cycle, door) })
	}
	eventually(c.t, "acts are recorded at both", func() bool { return each[0].accepted.Load() > 0 && each[1].accepted.Load() > 0 })
	root := c.at(c.name, "Root", "operators")
	var people []service.Person
	root.gets(&people, "people", "list")
	number := people[slices.IndexFunc(people, func(p service.Person) bool { return p.Name == name })].Person
	typed := time.Now()
	root.succeeds("people", "withdraw", strconv.FormatInt(number, 10), "official@general-secretariat")
	done := time.Now()
	wait.Wait()
	for door, at := range c.services {
		if last := each[door].last; last.After(done) {
			c.t.Errorf("at %s an act was recorded that began %s after the role was withdrawn", at, last.Sub(done))
		}
		after := func(t time.Time) time.Duration { return t.Sub(typed).Round(time.Millisecond) }
		c.notes("a role withdrawn (typed, and done after %s): an act refused at service %d after %s, %d were recorded before; its stream ended after %s",
			after(done), door+1, after(each[door].refused), each[door].accepted.Load(), after(ended[door]))
	}
}

// acting is somebody who acts at a service without a pause until they are refused.
type acting struct {
	*person
	accepted atomic.Int64
	last     time.Time // when the last act began that was recorded
	refused  time.Time
}

func (a *acting) opens(cycle string, door int) {
	for i := 0; ; i++ {
		began := time.Now()
		_, err := a.shows().OpenItem(a.site.t.Context(), opening(cycle, fmt.Sprintf("item-%d-%d", door, i)))
		switch policy.CodeOf(err) {
		case "":
			a.accepted.Add(1)
			a.last = began
		case policy.CodeOutcomeUnknown, policy.CodeUnavailable: // as on a machine with much else to do
		case policy.CodeNotIdentified, policy.CodeNotCompetent: // the latter where it was on its way
			a.refused = time.Now()
			return
		default:
			a.site.t.Errorf("at %s: %v", a.URL, err)
			return
		}
	}
}

// stream gives the stream of changes at a service, once it is there.
func (c *counter) stream(door int, token string) io.Reader {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	c.t.Cleanup(cancel)
	answer := c.shows(ctx, door, "/v1/events", token)
	c.t.Cleanup(func() { _ = answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		c.t.Fatalf("no stream: %d", answer.StatusCode)
	}
	return answer.Body
}

// logsOut has Anna logged out at the first service: whoever asks after the answer finds her
// logged in at neither, and a token that she had before is refused.
func (c *counter) logsOut(browser *http.Client, how string, out func()) {
	c.t.Helper()
	claims := c.provider.Good()
	claims["groups"] = []string{"empact-general-secretariat"}
	token := c.provider.Signs(claims)
	for door := range c.doors {
		if status := c.asks(door, token); status != http.StatusOK || !c.knows(browser, door) {
			c.t.Fatalf("before %s: %d at %s, or she is not logged in", how, status, c.services[door])
		}
	}
	began := time.Now()
	out()
	c.took(how+", until it was answered", began)
	for _, door := range []int{1, 0} {
		if c.knows(browser, door) {
			c.t.Errorf("after %s she is still logged in at %s", how, c.services[door])
		}
		if status := c.asks(door, token); status != http.StatusUnauthorized {
			c.t.Errorf("after %s her token is answered with %d at %s", how, status, c.services[door])
		}
		c.took(fmt.Sprintf("%s, until log-in and token were refused at service %d", how, door+1), began)
	}
}

// TestBothServicesGoOnWhileTheProviderChangesItsKeyAndIsAway has one of them started anew
// meanwhile.
func TestBothServicesGoOnWhileTheProviderChangesItsKeyAndIsAway(t *testing.T) {
	t.Parallel()
	c := counters(t)
	c.plans("away", 1)
	c.provider.Refreshes = true
	c.rotates()
	c.isAway()
	t.Logf("the provider changes its key and is away:\n%s", c.figures.String())
}

// rotates changes the key of the provider: what it signs from then on is believed at once. What
// it signed before ends where the new key is known, and elsewhere once the old one is asked for
// again: after five minutes, since this provider does not say how long it is good.
func (c *counter) rotates() {
	c.t.Helper()
	before := c.bearer("Rita", "empact-general-secretariat")
	for door := range c.doors {
		if status := c.asks(door, before); status != http.StatusOK {
			c.t.Fatalf("at %s: %d", c.services[door], status)
		}
	}
	c.provider.Rotate("second")
	changed := time.Now()
	ends := func(door int) {
		eventually(c.t, "a token of the old key is refused", func() bool { return c.asks(door, before) == http.StatusUnauthorized })
		c.took(fmt.Sprintf("a key changed, until a token of the old one was refused at service %d", door+1), changed)
	}
	for door := range c.doors {
		if *long && door == 1 {
			ends(door) // before it knows the new one
		}
		asked := time.Now()
		if status := c.asks(door, c.bearer("Rita", "empact-general-secretariat")); status != http.StatusOK {
			c.t.Errorf("a token of the new key at %s: %d", c.services[door], status)
		}
		c.took(fmt.Sprintf("a token of the new key, until it was believed at service %d", door+1), asked)
		ends(door)
	}
}

// isAway has the provider away. Who is logged in, and whose token was known, goes on; a service
// that is started meanwhile serves the public and who is logged in.
func (c *counter) isAway() {
	c.t.Helper()
	away := 20 * time.Second
	if *long {
		away = 5*time.Minute + 20*time.Second // so that log-ins and keys are to be asked for again
	}
	browser, rita := c.logsIn(), c.personAt(1, "Rita", "empact-general-secretariat")
	token := rita.shows().Token
	c.provider.Away = true
	began := time.Now()
	started := c.processes[len(c.processes)-len(c.doors)] // the first service
	c.restart(started, syscall.SIGTERM)
	c.took("the provider away, until a service that was ended was ready again", began)
	c.knowsNobodyNew(token)
	looks, recorded := 0, 0
	eventually(c.t, "the provider was away for "+away.String(), func() bool {
		for door, at := range c.services {
			if !c.knows(browser, door) {
				c.t.Errorf("after %s she is not logged in any more at %s", time.Since(began), at)
			}
		}
		if status := c.asks(1, token); status != http.StatusOK {
			c.t.Errorf("after %s a token that is known is answered with %d", time.Since(began), status)
		}
		if _, err := rita.OpenItem(c.t.Context(), opening("away", fmt.Sprint("item-", looks))); err == nil {
			recorded++
		}
		if *long { // whoever asks has the provider asked, ever less often
			c.asks(0, token)
		}
		looks++
		return time.Since(began) >= away
	})
	if recorded == 0 {
		c.t.Error("nothing was recorded with a token that is known")
	}
	c.notes("the provider away for %s: somebody stayed logged in at both services, and %d acts of %d were recorded with a known token",
		time.Since(began).Round(time.Second), recorded, looks)
	c.provider.Away = false
	back := time.Now()
	eventually(c.t, "the provider is asked again", func() bool { return c.asks(0, token) == http.StatusOK })
	c.took("the provider back, until the token was believed at the service started meanwhile", back)
	c.logsIn()
	said := started.out.String()
	if strings.Count(said, "the provider does not answer") != 1 || strings.Count(said, "the provider answers again") != 1 {
		c.t.Errorf("the log says:\n%s", said)
	}
}

// knowsNobodyNew looks at the first service, which was started while the provider was away.
func (c *counter) knowsNobodyNew(token string) {
	c.t.Helper()
	for path, want := range map[string]int{"/": http.StatusOK, "/readyz": http.StatusNoContent, "/login": http.StatusServiceUnavailable} {
		if status, page, _ := goes(c.t, c.browser(), c.doors[0]+path); status != want {
			c.t.Errorf("%s while the provider is away: %d %.300s", path, status, page)
		}
	}
	if status := c.asks(0, token); status != http.StatusServiceUnavailable {
		c.t.Errorf("a token that cannot be looked at is answered with %d", status)
	}
}
