// Package advance tells how far long work has come, from wherever it is done to
// whoever waits for it, through the context.
package advance

import "context"

// Step is how far work has come: Done of All of What, such as 120 of 4,000 acts. All
// is 0 where nobody knows it.
type Step struct {
	What      string
	Done, All int
}

type watchKey struct{}

// Watch gives a context in which work tells how far it has come. told is called by
// whoever works, often and from any goroutine: it returns at once.
func Watch(ctx context.Context, told func(Step)) context.Context {
	return context.WithValue(ctx, watchKey{}, told)
}

// Watched says whether somebody watches the work of a context, who ends it when
// they no longer want to wait.
func Watched(ctx context.Context) bool { return ctx.Value(watchKey{}) != nil }

// Tell tells who watches how far the work has come.
func Tell(ctx context.Context, what string, done, all int) {
	if told, is := ctx.Value(watchKey{}).(func(Step)); is {
		told(Step{what, done, all})
	}
}
