using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Paddock.AspNetCore;
using Paddock.Samples.HelpDesk.Accounts;

namespace Paddock.Samples.HelpDesk.Pages;

internal sealed class SignInModel(UserStore users, IPluginPages plugins) : PageModel
{
    public bool Failed { get; private set; }

    public async Task<IActionResult> OnPostAsync(string? login, string? password, string? returnUrl)
    {
        if (users.SignIn(login ?? "", password ?? "") is not { } user)
        {
            Failed = true;
            return Page();
        }

        await HttpContext.SignInAsync(Account.Of(user));
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : plugins.LandingPage ?? "/");
    }
}
