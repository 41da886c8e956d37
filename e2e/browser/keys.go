package browser

import (
	"context"

	"github.com/chromedp/chromedp"
)

// The keys that people use without a mouse.
const (
	Tab   = "\t"
	Enter = "\r"
	Space = " "
)

// Press presses keys, one after the other.
func (p *Page) Press(keys string) {
	p.tb.Helper()
	p.run(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(keys)) })
}

// TabTo goes on with the tab key until what is named so has the focus, which must
// show.
func (p *Page) TabTo(name string) {
	p.tb.Helper()
	const most = 300
	for range most {
		p.Press(Tab)
		if p.Holds(`(e => { const label = e.labels && e.labels[0] ? e.labels[0].innerText : '';
			return (e.getAttribute('aria-label') || label || e.innerText || '').trim().startsWith(` + quoted(name) + `) })(document.activeElement)`) {
			if !p.Holds(`getComputedStyle(document.activeElement).outlineStyle !== 'none'`) {
				p.tb.Errorf("nobody sees that %s has the focus", name)
			}
			return
		}
	}
	p.tb.Fatalf("%s: the tab key does not lead to %s:\n%s", p.at(), name, p.seen())
}
