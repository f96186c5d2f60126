using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.AspNetCore;
using Paddock.Samples.HelpDesk.Desk;

namespace Paddock.Samples.HelpDesk.Pages;

internal sealed class IndexModel(TicketStore tickets, IPluginPages plugins) : PageModel
{
    public long Open { get; private set; }

    public long All { get; private set; }

    public bool HasWidgets => plugins.Widgets(HttpContext, "dashboard").Count > 0;

    public void OnGet() => (Open, All) = tickets.Count();
}
