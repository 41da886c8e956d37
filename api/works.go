package api

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/policycycle/policycycle/advance"
	"github.com/policycycle/policycycle/service/httpapi"
)

// works has a request take as long as its work goes on, and whoever asks for it is
// told how far the work has come. end is to be called before the answer is written:
// the time that the server gives to write one is counted from there.
func (s *server) works(ctx context.Context) (context.Context, func()) {
	of, known := ctx.Value(askingKey{}).(asking)
	if !known {
		return ctx, func() {}
	}
	control := http.NewResponseController(of.writer)
	_ = control.SetWriteDeadline(time.Time{})
	answers := func() { _ = control.SetWriteDeadline(time.Now().Add(patience)) }
	if of.request.Header.Get(httpapi.HeaderProgress) == "" || !of.request.ProtoAtLeast(1, 1) {
		return ctx, answers
	}
	var mu sync.Mutex
	var last *advance.Step // none since the last interim answer
	ctx = advance.Watch(ctx, func(p advance.Step) {
		mu.Lock()
		defer mu.Unlock()
		last = &p
	})
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(cmp.Or(s.ProgressEvery, httpapi.ProgressEvery))
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			mu.Lock()
			of.writer.Header().Del(httpapi.HeaderProgress)
			if last != nil {
				of.writer.Header().Set(httpapi.HeaderProgress, httpapi.FormatProgress(*last))
			}
			last = nil
			mu.Unlock()
			answers()
			of.writer.WriteHeader(http.StatusProcessing)
		}
	}()
	return ctx, func() {
		close(done)
		<-ended
		of.writer.Header().Del(httpapi.HeaderProgress)
		answers()
	}
}

// steady writes a long answer piece by piece, each in a time of its own: a slow line
// is waited for, one that takes nothing is not.
type steady struct{ http.ResponseWriter }

// Unwrap gives what is below, for streams.
func (s steady) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s steady) Write(p []byte) (int, error) {
	const piece = 64 << 10
	written := 0
	for len(p)-written > piece {
		_ = http.NewResponseController(s.ResponseWriter).SetWriteDeadline(time.Now().Add(patience))
		n, err := s.ResponseWriter.Write(p[written : written+piece])
		if written += n; err != nil {
			return written, err
		}
	}
	n, err := s.ResponseWriter.Write(p[written:])
	return written + n, err
}
