package web

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// webhooksView is what the page of webhooks shows.
type webhooksView struct {
	Known  []service.KnownWebhook
	Cycles []string
	May    bool // make one
}

func webhooksPage(v *page) (body, error) {
	v.Title = v.T("webhook.title")
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	known, err := v.service.ListWebhooks(v.ctx())
	if err != nil {
		return nil, err
	}
	w := webhooksView{Known: known, May: policy.AuthoriseDeed(*v.Who, policy.DeedExport, "") == nil}
	lines, err := v.service.ListCycles(v.ctx(), service.CycleFilter{Most: mostCounted})
	for _, line := range lines {
		w.Cycles = append(w.Cycles, line.ID)
		w.May = w.May || policy.AuthoriseDeed(*v.Who, policy.DeedExport, line.ID) == nil
	}
	return webhooks(v, w), err
}

// makeWebhook makes a webhook, and shows its secret this once.
func makeWebhook(v *page) (string, error) {
	w := service.Webhook{URL: v.form("url"), Cycle: v.form("of-cycle")}
	made, err := v.service.MakeWebhook(v.ctx(), w)
	if err != nil {
		return "", err
	}
	v.Said = v.T("webhook.new", "Number", made.Number, "Secret", made.Secret)
	return "/webhooks", nil
}

// changeWebhook does to a webhook what its button says.
func changeWebhook(v *page) (string, error) {
	number, err := wholeNumber(v.form("webhook"))
	if err != nil {
		return "", err
	}
	id := int64(number)
	back := "/webhooks"
	switch do := v.form("do"); do {
	case "pause":
		v.Said, err = v.T("webhook.paused"), v.service.PauseWebhook(v.ctx(), id)
	case "resume":
		v.Said, err = v.T("webhook.resumed"), v.service.ResumeWebhook(v.ctx(), id)
	case "remove":
		v.Said, err = v.T("webhook.removed"), v.service.RemoveWebhook(v.ctx(), id)
	case "rotate":
		var made *service.MadeWebhook
		if made, err = v.service.RotateWebhook(v.ctx(), id); err == nil {
			v.Said = v.T("webhook.rotated", "Number", made.Number, "Secret", made.Secret)
		}
	case "test":
		back = webhookPath(id)
		_, err = v.service.TryWebhook(v.ctx(), id)
		v.Said = v.T("webhook.tried")
	default:
		err = policy.Refuse(policy.CodeInvalid, "%q is nothing that is done to a webhook", do)
	}
	return back, err
}

func webhookPath(number int64) string { return "/webhooks/" + strconv.FormatInt(number, 10) }

// deliveriesView is what the page of one webhook shows.
type deliveriesView struct {
	Webhook int64
	All     []service.Delivery
	Failed  bool // whether one did not arrive
}

// mostDeliveries is how many events the page of a webhook lists.
const mostDeliveries = 100

func deliveriesPage(v *page) (body, error) {
	number, err := wholeNumber(v.r.PathValue("webhook"))
	if err != nil {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no such page")
	}
	d := deliveriesView{Webhook: int64(number)}
	v.Title = v.T("webhook.log", "Number", number)
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	d.All, err = v.service.ListDeliveries(v.ctx(), service.DeliveryFilter{Webhook: d.Webhook, Most: mostDeliveries})
	for _, one := range d.All {
		d.Failed = d.Failed || one.State == "failed" || one.State == "withheld"
	}
	return deliveries(v, d), err
}

// replayWebhook sends events anew: one, or those that did not arrive.
func replayWebhook(v *page) (string, error) {
	number, err := wholeNumber(v.r.PathValue("webhook"))
	if err != nil {
		return "", err
	}
	replay := service.Replay{Webhook: int64(number)}
	if one := v.form("delivery"); one != "" {
		delivery, err := wholeNumber(one)
		if err != nil {
			return "", err
		}
		replay.Delivery = int64(delivery)
	}
	replayed, err := v.service.ReplayWebhook(v.ctx(), replay)
	if err != nil {
		return "", err
	}
	v.Said = v.N("webhook.replayed", replayed.Events)
	return webhookPath(replay.Webhook), nil
}

// webhookOf says in words of what a webhook is told.
func (v *page) webhookOf(k service.KnownWebhook) string {
	words := []string{cmp.Or(k.Cycle, v.T("webhook.every_cycle"))}
	for _, kind := range k.Kinds {
		words = append(words, v.Word("act", kind))
	}
	return strings.Join(words, ", ")
}
