using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Paddock.Samples.HelpDesk.Accounts;

/// <summary>Who is signed in: to the application, and to Paddock.</summary>
internal static class Account
{
    public const string Agent = "agent", Administrator = "administrator";

    /// <summary>The policy of pages for administrators.</summary>
    public const string Administrators = "administrators";

    public static ClaimsPrincipal Of(User user) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, user.Login), new Claim(ClaimTypes.Name, user.Name), new Claim(ClaimTypes.Role, user.Role)],
        CookieAuthenticationDefaults.AuthenticationScheme));

    /// <summary>The user as Paddock knows it: administrators approve plugins, everybody else uses what they contribute.</summary>
    public static Principal? ToPaddock(ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier) is { } login
        ? new Principal(Principal.DefaultTenant, login, user.IsInRole(Administrator) ? PrincipalRole.Operator : PrincipalRole.Agent)
        : null;

    /// <summary>The administrator who is signed in.</summary>
    public static Principal Operator(this ClaimsPrincipal user) => ToPaddock(user)!;
}
