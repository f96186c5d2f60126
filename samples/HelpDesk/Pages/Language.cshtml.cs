using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Paddock.Samples.HelpDesk.Pages;

internal sealed class LanguageModel : PageModel
{
    public IActionResult OnPost(string? culture, string? back)
    {
        Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture == "de" ? "de" : "en")), new CookieOptions { SameSite = SameSiteMode.Strict });
        return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
    }
}
