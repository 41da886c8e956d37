package telemetry

import "context"

// Progress is how far long work has come: Done of All of What, such as 120 of 4,000
// acts. All is 0 where nobody knows it.
type Progress struct {
	What      string
	Done, All int
}

type progressKey struct{}

// Watch gives a context in which long work tells how far it has come. told is
// called by whoever works, often and from any goroutine: it returns at once.
func Watch(ctx context.Context, told func(Progress)) context.Context {
	return context.WithValue(ctx, progressKey{}, told)
}

// Watched says whether somebody watches the work of a context, who ends it when
// they no longer want to wait.
func Watched(ctx context.Context) bool { return ctx.Value(progressKey{}) != nil }

// Advance tells who watches how far the work has come.
func Advance(ctx context.Context, what string, done, all int) {
	if told, is := ctx.Value(progressKey{}).(func(Progress)); is {
		told(Progress{what, done, all})
	}
}
