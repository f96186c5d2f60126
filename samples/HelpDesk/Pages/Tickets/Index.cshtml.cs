using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.Samples.HelpDesk.Desk;

namespace Paddock.Samples.HelpDesk.Pages.Tickets;

internal sealed class IndexModel(TicketStore tickets) : PageModel
{
    private const int LastPage = 100_000;

    public TicketFilter Filter { get; private set; } = new(null, null, null, 1);

    public IReadOnlyList<Ticket> Found { get; private set; } = [];

    public bool More { get; private set; }

    public IReadOnlyList<string> States => tickets.States;

    public IReadOnlyList<string> Priorities => tickets.Priorities;

    // Not "page": that is the name of the page itself, to the router.
    public void OnGet(string? state, string? priority, string? text, int number = 1)
    {
        Filter = new(state, priority, text, Math.Clamp(number, 1, LastPage));
        (Found, More) = tickets.List(Filter);
    }

    public string PageAt(int step) => "/tickets" + new QueryBuilder
    {
        { "state", Filter.State ?? "" }, { "priority", Filter.Priority ?? "" }, { "text", Filter.Text ?? "" },
        { "number", (Filter.Page + step).ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };
}
