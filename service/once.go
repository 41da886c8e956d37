package service

import (
	"context"
	"sync"
)

// Once gives a context for the questions of one page: what several of them rest on is
// read once, and so all of them show the same moment. Record nothing with it.
func Once(ctx context.Context) context.Context {
	return context.WithValue(ctx, onceKey{}, &once{})
}

type onceKey struct{}

type once struct{ found sync.Map }

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
	before, _ := o.found.Load(key)
	if found, is := before.(T); is {
		return found, nil
	}
	found, err := find()
	if err == nil {
		o.found.Store(key, found)
	}
	return found, err
}
