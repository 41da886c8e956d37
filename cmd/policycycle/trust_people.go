package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

func (a *app) rolesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "roles",
		Short: "Show who may do and read what",
		Long: `Shows the role matrix: which bodies may do what, which roles of theirs, and for
what a second person is wanted. It is asked before an act is sent and again when
it is recorded. Then the reading matrix: who reads what of that which is marked
LIMITE, and how far; what is public, everybody reads.`,
		Example: "  policycycle roles",
		RunE: func(*cobra.Command, []string) error {
			value := struct {
				Matrix     []policy.Permission `json:"matrix"`
				Exemptions []policy.Exemption  `json:"exemptions"`
				Reading    []policy.Sight      `json:"reading"`
			}{policy.Matrix(), policy.Exemptions, policy.ReadingMatrix()}
			return a.print(value, showMatrix)
		},
	}
}

func showMatrix(p *page) {
	p.section("Who may do what", cells{"what", "bodies", "roles", "second person"}, each(policy.Matrix(), func(m policy.Permission) cells {
		return cells{string(m.Deed), m.Bodies, strings.Join(policy.Texts(m.Roles), ", "), m.Second}
	}))
	p.section("For what one person is enough", cells{"what", "why"}, each(policy.Exemptions, func(e policy.Exemption) cells {
		return cells{e.Act, e.Reason}
	}))
	p.section("Who reads what is marked LIMITE", cells{"who", "what", "how far", "whose conduct"}, each(policy.ReadingMatrix(), func(s policy.Sight) cells {
		return cells{s.Who, strings.Join(policy.Texts(s.Matters), ", "), string(s.Reach), s.Conduct}
	}))
}

func (a *app) peopleCommand() *cobra.Command {
	return group("people", "See and change who is known here, with which roles",
		"  policycycle people list --as root@operator", a.peopleListCommand(), a.peopleGrantCommand(false), a.peopleGrantCommand(true),
		a.peopleLinkCommand(), a.peopleEraseCommand())
}

func (a *app) peopleListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list --as NAME@BODY", Short: "List everybody who is known here",
		Long:    "Lists everybody whom the records know, with their numbers and roles and, to who\nmanages people, their accounts.",
		Example: "  policycycle people list --as root@operator",
		PreRunE: a.known,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(a, cmd, func(ctx context.Context, svc service.Service) ([]service.Person, error) {
				return svc.ListPeople(ctx)
			}, showPeople)
		},
	}
}

func showPeople(p *page, people []service.Person) {
	p.grid(cells{"number", "name", "accounts", "roles"}, each(people, func(person service.Person) cells {
		name := person.Name
		if person.Erased != nil {
			name = "(erased on " + person.Erased.Format("2006-01-02") + ")"
		}
		roles := strings.Join(each(person.Roles, policy.Grant.String), ", ")
		return cells{strconv.FormatInt(person.Person, 10), name, strings.Join(person.Accounts, ", "), roles}
	}))
}

// done is the result of a change to a person.
type done struct {
	Person int64  `json:"person"`
	What   string `json:"what"`
}

// changePerson changes something about a person and says so.
func (a *app) changePerson(cmd *cobra.Command, number string, what string, do func(context.Context, service.Service, int64) error) error {
	person, err := strconv.ParseInt(number, 10, 64)
	if err != nil || person < 1 {
		return needed("person", "%q is not the number of a person: policycycle people list shows them", number)
	}
	return alter(a, cmd, func(ctx context.Context, svc service.Service) (done, error) {
		return done{person, what}, do(ctx, svc, person)
	}, func(p *page, d done) { p.line("Person %d: %s.", d.Person, d.What) })
}

func (a *app) peopleGrantCommand(withdraw bool) *cobra.Command {
	use, short, done := "grant", "Give a role", "was given"
	if withdraw {
		use, short, done = "withdraw", "Withdraw a role, at once", "was withdrawn"
	}
	return &cobra.Command{
		Use: use + " NUMBER ROLE@BODY[/CYCLE[/PATH]] --as NAME@operator", Short: short, Args: arguments("NUMBER", "ROLE"),
		Long: `Gives or withdraws a role at a body, for everything or for what lies under a path:
driver@es/empact-2022-2025/oap/2023/firearms. It counts from the next act on, also
for what is on its way. What is withdrawn by hand stays so, whatever the claims
of a provider say, until it is given by hand again.`,
		Example: "  policycycle people " + use + " 7 action-leader@fr/empact-2022-2025/oap/2023/firearms/4.1 --as root@operator",
		RunE: func(cmd *cobra.Command, args []string) error {
			role, err := policy.ParseGrant(args[1])
			if err != nil {
				return inField("role", err)
			}
			return a.changePerson(cmd, args[0], fmt.Sprintf("the role %s %s", role, done), func(ctx context.Context, svc service.Service, person int64) error {
				return svc.ChangeRole(ctx, service.ChangeRole{Person: person, Role: role, Withdraw: withdraw})
			})
		},
	}
}

func (a *app) peopleLinkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "link NUMBER ISSUER ACCOUNT --as NAME@operator", Short: "Say that an account is that of a person",
		Long: `Says that a second account is that of a person who is known already, so that
nobody confirms with one account what they recorded with another. Who said so is
kept. Nobody moves their own account.`,
		Example: "  policycycle people link 7 https://login.example.eu berg-anna --as root@operator",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.changePerson(cmd, args[0], "the account "+args[2]+" is theirs", func(ctx context.Context, svc service.Service, person int64) error {
				return svc.LinkAccount(ctx, service.LinkAccount{Issuer: args[1], Subject: args[2], Person: person})
			})
		},
	}
}

func (a *app) peopleEraseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "erase NUMBER --as NAME@operator", Short: "Take a name out of the records",
		Long: `Takes the name of a person out of the records, and the accounts that show it. What
the person did stays, under the number, and the trail still stands up. The person
is logged out everywhere, and the accounts of a provider are refused from then on,
until people link says whose they are.`,
		Example: "  policycycle people erase 7 --as root@operator",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.changePerson(cmd, args[0], "the name was erased", func(ctx context.Context, svc service.Service, person int64) error {
				return svc.ErasePerson(ctx, person)
			})
		},
	}
}
