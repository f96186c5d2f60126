using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>Authenticates bearer tokens (RFC 6750) from the Authorization header, and from nowhere else.</summary>
// SECURITY: a token in a query or a form ends up in logs and histories, and one in a cookie is sent by a browser on
// behalf of any page. Neither is read.
internal sealed class TokenAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ITokenStore tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const string Prefix = "Bearer ";
    private const int LongestToken = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0) return AuthenticateResult.NoResult();
        string? text = header.Count == 1 ? header[0] : null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) || text.Length > LongestToken)
            return AuthenticateResult.Fail("The Authorization header holds no bearer token.");
        var principal = await tokens.AuthenticateAsync(text[Prefix.Length..].Trim(), Context.RequestAborted).ConfigureAwait(false);
        if (principal is null) return AuthenticateResult.Fail("The token is not known.");
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new PaddockIdentity(principal)), Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        bool sent = Request.Headers.Authorization.Count > 0;
        Response.Headers.WWWAuthenticate = sent ? "Bearer realm=\"paddock\", error=\"invalid_token\"" : "Bearer realm=\"paddock\"";
        return ErrorWriter.WriteAsync(Context, sent ? ApiErrors.TokenInvalid : ApiErrors.TokenRequired);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ErrorWriter.WriteAsync(Context, ApiErrors.RoleInsufficient);
}

/// <summary>A principal of Paddock as ASP.NET Core's identity.</summary>
internal sealed class PaddockIdentity(Principal principal) : ClaimsIdentity(
    [new Claim(ClaimTypes.Name, principal.Owner), new Claim(ClaimTypes.Role, principal.Role.ToString())], PaddockPolicies.Scheme)
{
    public Principal Principal { get; } = principal;
}

/// <summary>Finds the principal of a request.</summary>
internal static class PrincipalExtensions
{
    /// <summary>The principal, or null where the request was not authenticated by Paddock's scheme.</summary>
    public static Principal? Paddock(this ClaimsPrincipal user) => user.Identities.OfType<PaddockIdentity>().FirstOrDefault()?.Principal;

    /// <summary>The principal of a request that an endpoint's policy has let through.</summary>
    public static Principal Caller(this HttpContext context) =>
        context.User.Paddock() ?? throw new InvalidOperationException("The endpoint has no policy of Paddock's.");
}
