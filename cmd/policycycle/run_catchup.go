package main

import (
	"context"
	"fmt"
	"time"
)

// recount is how often it is looked how many runs still catch up.
const recount = 5 * time.Second

// readyIn says in a line how long the start took, and how many runs have to catch up
// with what fell due in the meantime.
func (a *app) readyIn(behind int) string {
	took := fmt.Sprintf("Ready in %.1f s.", time.Since(a.began).Seconds())
	if behind > 0 {
		took += fmt.Sprintf(" %s catch%s up.", count(behind, "run"), map[bool]string{true: "es"}[behind == 1])
	}
	return took
}

// behind gives about how many runs wait for the worker. One that cannot be counted
// stands in nobody's way: then it is what was known.
func (h *house) behind(ctx context.Context, known int) int {
	bounded, cancel := context.WithTimeout(ctx, recount)
	defer cancel()
	n, err := h.rooms.waiting(bounded)
	if err != nil {
		return known
	}
	return n
}

// waitTelling waits as wait does, and tells in the meantime how the runs catch up.
func (h *house) waitTelling(ctx context.Context, behind int, tell func(format string, args ...any)) error {
	tick := time.NewTicker(recount)
	defer tick.Stop()
	for behind > 0 {
		select {
		case <-ctx.Done():
			return nil
		case err := <-h.failed:
			return broken(err)
		case <-tick.C:
		}
		now := h.behind(ctx, behind)
		switch {
		case now == 0:
			tell("All runs have caught up.")
		case now != behind:
			tell("%s to catch up.", count(now, "run"))
		}
		behind = now
	}
	return h.wait(ctx)
}
