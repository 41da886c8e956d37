package local

import (
	"context"
	"sync"

	"github.com/policycycle/policycycle/store"
)

// changes tells many followers of what one listener hears, so that they need one
// connection to the records and not one each.
type changes struct {
	mu        sync.Mutex
	followers map[chan store.Change]bool
	stop      context.CancelFunc
}

// behind is how many lines a follower may lag; one that lags more misses some,
// and looks into the trail.
const behind = 256

// follow tells of each change until the context ends.
func (c *changes) follow(ctx context.Context, records *store.Store, each func(store.Change)) error {
	mine := make(chan store.Change, behind)
	failed := c.join(ctx, records, mine)
	defer c.leave(mine)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-failed:
			return err
		case change, open := <-mine:
			if !open { // the listener has lost its connection
				return nil
			}
			each(change)
		}
	}
}

// join adds a follower; the first one starts the listener.
func (c *changes) join(ctx context.Context, records *store.Store, mine chan store.Change) <-chan error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.followers[mine] = true
	failed := make(chan error, 1)
	if c.stop != nil {
		return failed
	}
	listening, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	go func() {
		err := records.Watch(listening, c.tell)
		failed <- err
		c.end()
	}()
	return failed
}

// leave takes a follower away; with the last one the listener ends.
func (c *changes) leave(mine chan store.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.followers, mine)
	if len(c.followers) == 0 && c.stop != nil {
		c.stop()
	}
}

func (c *changes) tell(change store.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for follower := range c.followers {
		select {
		case follower <- change:
		default: // it lags too far; the trail has the line
		}
	}
}

// end lets the followers go that are left when the listener has ended; they may
// follow anew.
func (c *changes) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stop()
	c.stop = nil
	for follower := range c.followers {
		delete(c.followers, follower)
		close(follower)
	}
}
