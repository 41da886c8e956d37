package service

import (
	"context"
	"sync"
)

// Once gives a context for the questions of one page: what several of them rest on is
// read once, and so all of them show the same moment. Record nothing with it.
func Once(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{found: map[any]any{}})
}

type onceKey struct{}

type once struct {
	lock  sync.Mutex
	found map[any]any
}

// AsksOnce says whether Once gave the context.
func AsksOnce(ctx context.Context) bool {
	_, is := ctx.Value(onceKey{}).(*once)
	return is
}

// Remember gives what find finds, which is not asked again for the same key in a context
// that Once gave. A failure is not remembered.
func Remember[T any](ctx context.Context, key any, find func() (T, error)) (T, error) {
	o, is := ctx.Value(onceKey{}).(*once)
	if !is {
		return find()
	}
	if found, is := o.look(key).(T); is {
		return found, nil
	}
	found, err := find()
	if err == nil {
		o.keep(key, found)
	}
	return found, err
}

func (o *once) look(key any) any {
	o.lock.Lock()
	defer o.lock.Unlock()
	return o.found[key]
}

func (o *once) keep(key, found any) {
	o.lock.Lock()
	defer o.lock.Unlock()
	o.found[key] = found
}
