package postgres

import (
	"context"
	"fmt"
	"time"
)

const (
	// restarts in a row, after which Keep gives up. With the pauses between them they
	// take seconds: long enough for what a killed server has left to go away.
	restarts = 6
	// calm is how long a server has to live for the next end to be the first again.
	calm = time.Minute
	// glance is between two looks at an adopted server, which is not our child.
	glance = time.Second
	// longestPause is the longest between two restarts.
	longestPause = time.Second
)

// Keep keeps the server up until ctx ends, and then returns nil: one that dies is
// started again on the same port, so that whoever uses it finds it again. The error
// is a sentence for the operator: it could not be started, or died again and again.
func (s *Server) Keep(ctx context.Context) error {
	failure := fmt.Errorf("it ends soon after each start; its log is %s", s.logFile())
	for tried := 0; ; tried++ {
		began := time.Now()
		if !s.outlive(ctx) {
			return nil
		}
		if time.Since(began) > calm {
			tried = 0
		}
		if tried == restarts {
			return fmt.Errorf("the private PostgreSQL has ended by itself and %d restarts did not help: %w", tried, failure)
		}
		s.options.Log.Error().Int("pid", s.PID()).Int("restart", tried+1).Msg("PostgreSQL has ended by itself: it is started again")
		if !rest(ctx, tried) {
			return nil
		}
		if err := s.again(ctx); err != nil {
			failure = err
		}
	}
}

// outlive waits until the server has ended; false says that ctx ended first.
func (s *Server) outlive(ctx context.Context) bool {
	tick := time.NewTicker(glance)
	defer tick.Stop()
	var exited chan struct{}
	if p := s.process.Load(); p != nil {
		exited = p.exited
	}
	for !s.gone() {
		select {
		case <-ctx.Done():
			return false
		case <-exited:
		case <-tick.C:
		}
	}
	return ctx.Err() == nil
}

// rest pauses before a restart, longer each time; false says that ctx ended.
func rest(ctx context.Context, tried int) bool {
	if tried == 0 {
		return true
	}
	const first = 100 * time.Millisecond
	pause := time.NewTimer(min(first<<(tried-1), longestPause))
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-pause.C:
		return true
	}
}

// again brings the server up once more, on the port that everybody knows.
func (s *Server) again(ctx context.Context) error {
	next := &Server{options: s.options, owner: s.owner, password: s.password}
	next.options.Port = s.port
	if err := next.bringUp(ctx); err != nil {
		return err
	}
	if next.port != s.port {
		return fmt.Errorf("another PostgreSQL was started on %s", s.data())
	}
	s.process.Store(next.process.Load())
	s.options.Log.Warn().Int("pid", s.PID()).Msg("PostgreSQL is up again")
	return nil
}
