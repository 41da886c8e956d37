package main

import (
	"context"
	"sync"
	"time"
)

// readiness remembers for a moment whether work can be done: trying is a write, and
// whoever asks often is no reason to write often.
type readiness struct {
	try func(context.Context) error

	mu    sync.Mutex
	found error
	until time.Time
}

// stays is how long an answer holds.
const stays = 2 * time.Second

func (r *readiness) check(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Now().Before(r.until) {
		return r.found
	}
	trying, cancel := context.WithTimeout(context.WithoutCancel(ctx), stays) // others get the answer, too
	defer cancel()
	r.found = r.try(trying)
	r.until = time.Now().Add(stays)
	return r.found
}
