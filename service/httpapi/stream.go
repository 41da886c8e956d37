package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// Streams are the streams of changes that a process serves: so many at once, so many
// of them to one client, each for so long, and to nobody for longer than they may listen.
type Streams struct {
	Most int64 // at once
	// MostEach is how many of them a person has at once, MostPublic how many go to one
	// address from which nobody logs in. 0 is no bound.
	MostEach, MostPublic int

	Beat  time.Duration // how often one says that it is still there: proxies end silent connections
	Lasts time.Duration // after which whoever listens comes again
	open  atomic.Int64
	mu    sync.Mutex
	of    map[string]int // how many are open, by client
}

// NewStreams gives the streams of a process.
func NewStreams() *Streams {
	return &Streams{Most: 1000, MostEach: 20, MostPublic: 100, Beat: 20 * time.Second, Lasts: 10 * time.Minute}
}

// Stream is one of them.
type Stream struct {
	Cycle string // "" for all
	// See says who listens, and gives the service as they see it. It is asked again
	// on each beat: the stream ends where it is somebody else, or nobody any more.
	See func() (policy.Actor, service.Service, error)
	// Tell gives what is written of a change.
	Tell func(service.Change) string
	// Ending is closed when the service ends.
	Ending <-chan struct{}
	// Broke is told why it broke off.
	Broke func(error)
}

// Serve serves a stream of server-sent events until it ends. The error is why it
// never began; nothing was written then.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, o Stream) error {
	defer s.open.Add(-1)
	if s.open.Add(1) > s.Most {
		return policy.Refuse(policy.CodeUnavailable, "%d follow the changes already, and more cannot be served: try again later", s.Most)
	}
	who, seen, err := o.See()
	switch {
	case r.Context().Err() != nil: // gone already
		return nil
	case err != nil:
		return err
	}
	leave, err := s.admit(r, who)
	if err != nil {
		return err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(r.Context(), s.Lasts)
	defer cancel()
	out := sink{w, http.NewResponseController(w), 3 * s.Beat} // more than from one message to the next
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	if out.write(": listening\n\n") != nil {
		return nil
	}
	const behind = 64
	changed, ended := make(chan service.Change, behind), make(chan error, 1)
	go func() {
		err := seen.Watch(ctx, o.Cycle, func(c service.Change) {
			select {
			case changed <- c:
			default: // the listener lags; the trail has the line
			}
		})
		if ctx.Err() != nil { // nobody listens any more: nothing broke
			err = nil
		}
		ended <- err
	}()
	s.follow(o, who, out, changed, ended)
	const last = 10 * time.Second // for the end, which the server writes
	_ = out.control.SetWriteDeadline(time.Now().Add(last))
	return nil
}

// admit counts a stream of a client: a person, or the address that the public comes
// from. One too many is policy.CodeTooMany.
func (s *Streams) admit(r *http.Request, who policy.Actor) (leave func(), err error) {
	client, most := "at "+network(r.RemoteAddr), s.MostPublic
	if who.Body != "" {
		client, most = fmt.Sprintf("%d %s", who.Person, who.Name), s.MostEach
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if most > 0 && s.of[client] >= most {
		return nil, policy.Refuse(policy.CodeTooMany, "%d streams of changes to you are open already: close a page", most)
	}
	if s.of == nil {
		s.of = map[string]int{}
	}
	s.of[client]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.of[client]--; s.of[client] == 0 {
			delete(s.of, client)
		}
	}, nil
}

// network gives from where a request comes: its address, of IPv6 the network, in which
// one client has as many addresses as it likes.
func network(remote string) string {
	const oneClient = 64
	from, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	address := from.Addr().Unmap()
	if address.Is4() {
		return address.String()
	}
	within, err := address.Prefix(oneClient)
	if err != nil {
		return address.String()
	}
	return within.String()
}

// follow writes what changes, as long as the same one may listen and does.
func (s *Streams) follow(o Stream, who policy.Actor, out sink, changed <-chan service.Change, ended <-chan error) {
	tick := time.NewTicker(s.Beat)
	defer tick.Stop()
	for {
		message := ": still here\n\n"
		select {
		case err := <-ended:
			if err != nil {
				o.Broke(err)
			}
			return
		case <-o.Ending:
			return
		case c := <-changed:
			message = o.Tell(c)
		case <-tick.C:
			if now, _, err := o.See(); err != nil || now != who {
				return
			}
		}
		if out.write(message) != nil {
			return
		}
	}
}

// sink is where a stream is written to.
type sink struct {
	w       http.ResponseWriter
	control *http.ResponseController
	within  time.Duration
}

// write writes at once. Who does not take it in time is not waited for.
func (s sink) write(message string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(s.within))
	if _, err := s.w.Write([]byte(message)); err != nil {
		return err
	}
	return s.control.Flush()
}
