using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.Samples.HelpDesk.Desk;

namespace Paddock.Samples.HelpDesk.Pages.Tickets;

internal sealed class DetailModel(TicketStore tickets) : PageModel
{
    public Ticket Ticket { get; private set; } = null!;

    public IReadOnlyList<Message> Messages { get; private set; } = [];

    public IReadOnlyList<string> States => tickets.States;

    public IReadOnlyList<string> Priorities => tickets.Priorities;

    public IActionResult OnGet(long id)
    {
        if (tickets.Find(id) is not var (ticket, messages)) return NotFound();
        (Ticket, Messages) = (ticket, messages);
        return Page();
    }

    public IActionResult OnPost(long id, string? body, string? state, string? priority)
    {
        tickets.Update(id, User.Identity!.Name!, body, state ?? "", priority ?? "");
        return LocalRedirect($"/tickets/{id}");
    }

    public IActionResult OnPostClose(long id, string? body, string? priority) => OnPost(id, body, "closed", priority);
}
