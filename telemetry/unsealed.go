package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

var unsealed = prometheus.NewCounter(prometheus.CounterOpts{
	Name: "policycycle_unsealed_refused_total", Help: "Acts that were refused and bear no good seal: somebody reaches Temporal who is not to.",
})

// Unsealed counts acts that were refused and bear no good seal, and tells the log of those
// that the trail has no room for, once a minute.
type Unsealed struct {
	Log zerolog.Logger
	Now func() time.Time // nil: the clock of the machine

	mu     sync.Mutex
	unkept int
	next   time.Time // when it is told of again
}

// Refused takes note of one.
func (u *Unsealed) Refused(cycle string, kept bool) {
	unsealed.Inc()
	if kept {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.unkept++
	now := time.Now()
	if u.Now != nil {
		now = u.Now()
	}
	if now.Before(u.next) {
		return
	}
	u.Log.Warn().Str("cycle", cycle).Int("acts", u.unkept).Msg("acts without a good seal are refused and no longer kept in the trail today: somebody reaches Temporal who is not to")
	u.unkept, u.next = 0, now.Add(time.Minute)
}
