using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.Samples.HelpDesk.Desk;

namespace Paddock.Samples.HelpDesk.Pages.Tickets;

internal sealed class NewModel(TicketStore tickets, IPluginEvents events) : PageModel
{
    public IReadOnlyList<string> Priorities => tickets.Priorities;

    public async Task<IActionResult> OnPostAsync(string? subject, string? customer, string? priority, string? body)
    {
        string[] given = [subject ?? "", customer ?? "", body ?? ""];
        if (given.Any(string.IsNullOrWhiteSpace) || !Priorities.Contains(priority)) return BadRequest();
        long id = tickets.Create(given[0].Trim(), given[1].Trim(), priority!, given[2]);
        // For plugins with the hook; what becomes of it is their own affair.
        await events.RaiseAsync(Principal.DefaultTenant, "ticket.created", JsonSerializer.SerializeToUtf8Bytes(new { id, priority }), HttpContext.RequestAborted);
        return LocalRedirect($"/tickets/{id}");
    }
}
