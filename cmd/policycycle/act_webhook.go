package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) webhookCommand() *cobra.Command {
	return group("webhook", "Programs that are told of what is recorded, and what became of that",
		"  policycycle webhook add https://hooks.example.eu/policycycle --as anna@general-secretariat",
		a.webhookAddCommand(), a.webhookListCommand(), a.webhookLogCommand(), a.webhookReplayCommand(), a.webhookTestCommand(),
		a.webhookRotateCommand(),
		a.webhookChange("pause NUMBER --as NAME@BODY", "Let nothing leave to a webhook for a while",
			"Lets nothing leave to a webhook until it is resumed. What is recorded meanwhile leaves then.",
			"  policycycle webhook pause 3 --as anna@general-secretariat", service.Service.PauseWebhook, "Nothing leaves to webhook %d until it is resumed."),
		a.webhookChange("resume NUMBER --as NAME@BODY", "Let events leave to a webhook again",
			"Lets events leave to a webhook that was paused, or that had answered that it is gone: what was\nrecorded meanwhile, too.",
			"  policycycle webhook resume 3 --as anna@general-secretariat", service.Service.ResumeWebhook, "Events leave to webhook %d."),
		a.webhookChange("remove NUMBER --as NAME@BODY", "Remove a webhook",
			"Removes a webhook with its secret: nothing leaves to it any more. Who manages people removes\nthose of others, too.",
			"  policycycle webhook remove 3 --as anna@general-secretariat", service.Service.RemoveWebhook, "Webhook %d is removed."))
}

func (a *app) webhookAddCommand() *cobra.Command {
	var w service.Webhook
	var kinds []string
	c := &cobra.Command{
		Use: "add URL --as NAME@BODY", Short: "Have a program told of what is recorded", Args: arguments("URL"),
		Long: `Has a program told of what is recorded from now on: an event is sent to its address, which
begins with https://, in the form of CloudEvents. It tells what you may read when it
leaves. The secret by which the program knows that it comes from here is shown this once
(Standard Webhooks). You may have told what you may take out (policycycle roles).`,
		Example: `  policycycle webhook add https://hooks.example.eu/policycycle --as anna@general-secretariat
  policycycle webhook add https://hooks.example.eu/policycycle --cycle empact-2022-2025 --kind decide,confirm --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) error {
			w.URL = args[0]
			for _, kind := range kinds {
				k, err := policy.ParseEventKind(kind)
				if err != nil {
					return inField("kind", err)
				}
				w.Kinds = append(w.Kinds, k)
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.MadeWebhook, error) {
				return svc.MakeWebhook(ctx, w)
			}, func(p *page, made *service.MadeWebhook) {
				p.line("Webhook %d is told of what is recorded from now on, at", made.Number)
				p.line("%s", made.URL)
				p.line("Its secret is not shown again:")
				p.line("%s", made.Secret)
			})
		},
	}
	c.Flags().StringVar(&w.Cycle, "cycle", "", "only of what is recorded in this `cycle`, which may be a rehearsal (default: in every one that is none)")
	c.Flags().StringSliceVar(&kinds, "kind", nil, "only of these `events`, such as decide,confirm (default: all)")
	return c
}

func (a *app) webhookListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list --as NAME@BODY", Short: "List your webhooks",
		Long:    "Lists your webhooks without their secrets; to who manages people, those of everybody.",
		Example: "  policycycle webhook list --as anna@general-secretariat",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.KnownWebhook, error) {
				known, err := svc.ListWebhooks(ctx)
				return list(known), err
			}, showWebhooks)
		},
	}
}

func showWebhooks(p *page, known []service.KnownWebhook) {
	if len(known) == 0 {
		p.line("There is no webhook.")
		return
	}
	p.grid(cells{"number", "address", "of", "events", "whose", "state"}, each(known, func(w service.KnownWebhook) cells {
		state := w.State
		if w.Failures > 0 {
			state += fmt.Sprintf(", tried %s in vain, next at %s", count(w.Failures, "time"), w.Next.Format(time.RFC3339))
		}
		if w.Waiting > 0 {
			state += fmt.Sprintf(", %d waiting", w.Waiting)
		}
		return cells{strconv.FormatInt(w.Number, 10), w.URL, cmp.Or(w.Cycle, "every cycle"), cmp.Or(strings.Join(policy.Texts(w.Kinds), ", "), "all"), w.By, state}
	}))
}

// webhookNumber reads the number of a webhook.
func webhookNumber(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 1 {
		return 0, needed("webhook", "%q is not the number of a webhook: policycycle webhook list shows them", text)
	}
	return number, nil
}

func (a *app) webhookLogCommand() *cobra.Command {
	filter := service.DeliveryFilter{Most: 100}
	c := &cobra.Command{
		Use: "log NUMBER --as NAME@BODY", Short: "List what was sent to a webhook, and what became of it", Args: arguments("NUMBER"),
		Long: `Lists the events that were sent to a webhook of yours, the latest first. An event is
waiting, delivered, failed where it was tried for too long (webhooks.patience), or
withheld where you may not read of what it tells.`,
		Example: "  policycycle webhook log 3 --failed --as anna@general-secretariat",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if filter.Webhook, err = webhookNumber(args[0]); err != nil {
				return err
			}
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.Delivery, error) {
				found, err := svc.ListDeliveries(ctx, filter)
				return list(found), err
			}, showDeliveries)
		},
	}
	c.Flags().BoolVar(&filter.Failed, "failed", false, "only those that did not arrive, or have not yet")
	c.Flags().IntVar(&filter.Most, "limit", filter.Most, "how many at most, as a `number`; 0 for all")
	return c
}

func showDeliveries(p *page, all []service.Delivery) {
	if len(all) == 0 {
		p.line("There is no such event.")
		return
	}
	p.grid(cells{"number", "event", "what", "recorded", "state", "answer"}, each(all, func(d service.Delivery) cells {
		state, answered := d.State, d.Said
		if d.Attempts > 1 || d.State == "waiting" && d.Attempts > 0 {
			state += fmt.Sprintf(", tried %s", count(d.Attempts, "time"))
		}
		if d.Status != 0 {
			answered = strings.TrimSpace(strconv.Itoa(d.Status) + " " + d.Said)
		}
		return cells{strconv.FormatInt(d.Delivery, 10), d.Event, d.Kind, d.Recorded.Format(time.RFC3339), state, answered}
	}))
}

func (a *app) webhookReplayCommand() *cobra.Command {
	var replay service.Replay
	c := &cobra.Command{
		Use: "replay NUMBER --as NAME@BODY", Short: "Send events to a webhook anew", Args: arguments("NUMBER"),
		Long: `Sends events to a webhook of yours anew: those that did not arrive or, with --since, all
that were recorded since, or a single one. They are the same events, under the same ID.`,
		Example: `  policycycle webhook replay 3 --as anna@general-secretariat
  policycycle webhook replay 3 --since 2026-11-30 --as anna@general-secretariat
  policycycle webhook replay 3 --event 1024 --as anna@general-secretariat`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if replay.Webhook, err = webhookNumber(args[0]); err != nil {
				return err
			}
			if replay.Delivery != 0 && !replay.Since.IsZero() {
				return needed("event", "give --event or --since: a single event, or all since")
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.Replayed, error) {
				return svc.ReplayWebhook(ctx, replay)
			}, showReplayed)
		},
	}
	parsedFlag(c.Flags(), &replay.Since, "since", parseInstant, "all that were recorded since, as a `date` or an instant such as 2026-11-30T09:00:00Z")
	c.Flags().Int64Var(&replay.Delivery, "event", 0, "this one alone, by the `number` of webhook log")
	return c
}

// parseInstant reads an instant, or the beginning of a day in Brussels.
func parseInstant(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	day, err := policy.ParseDate(text)
	if err != nil {
		return time.Time{}, err
	}
	return day.Time(policy.Brussels), nil
}

func showReplayed(p *page, r *service.Replayed) {
	if r.Events == 0 {
		p.line("There is nothing to send to webhook %d.", r.Webhook)
		return
	}
	p.line("On the way to webhook %d: %s. policycycle webhook log %d shows what becomes of it.", r.Webhook, count(r.Events, "event"), r.Webhook)
}

func (a *app) webhookTestCommand() *cobra.Command {
	return &cobra.Command{
		Use: "test NUMBER --as NAME@BODY", Short: "Send an event to a webhook that tells of nothing", Args: arguments("NUMBER"),
		Long:    "Sends an event to a webhook of yours that tells of nothing, behind what waits for it already.",
		Example: "  policycycle webhook test 3 --as anna@general-secretariat",
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := webhookNumber(args[0])
			if err != nil {
				return err
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.Replayed, error) {
				return svc.TryWebhook(ctx, number)
			}, showReplayed)
		},
	}
}

func (a *app) webhookRotateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rotate NUMBER --as NAME@BODY", Short: "Give a webhook another secret", Args: arguments("NUMBER"),
		Long: `Gives a webhook of yours another secret, which is shown this once. For a day events are
signed by both, so that the program can be changed meanwhile.`,
		Example: "  policycycle webhook rotate 3 --as anna@general-secretariat",
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := webhookNumber(args[0])
			if err != nil {
				return err
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (*service.MadeWebhook, error) {
				return svc.RotateWebhook(ctx, number)
			}, func(p *page, made *service.MadeWebhook) {
				p.line("The new secret of webhook %d is not shown again:", made.Number)
				p.line("%s", made.Secret)
				p.line("Until %s events are signed by the former one, too.", made.FormerUntil.Format(time.RFC3339))
			})
		},
	}
}

// webhookChange is a command that changes a webhook, and says so.
func (a *app) webhookChange(use, short, long, example string, do func(service.Service, context.Context, int64) error, said string) *cobra.Command {
	type changed struct {
		Webhook int64 `json:"webhook"`
	}
	return &cobra.Command{
		Use: use, Short: short, Long: long, Example: example, Args: arguments("NUMBER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			number, err := webhookNumber(args[0])
			if err != nil {
				return err
			}
			return alter(a, cmd, func(ctx context.Context, svc service.Service) (changed, error) {
				return changed{number}, do(svc, ctx, number)
			}, func(p *page, c changed) { p.line(said, c.Webhook) })
		},
	}
}
