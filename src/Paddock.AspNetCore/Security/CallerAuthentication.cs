using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

/// <summary>Who calls: a bearer token of Paddock's own, or whom the application knows, and the policies that ask for a role.</summary>
internal static class CallerAuthentication
{
    public static void AddCallerAuthentication(this IServiceCollection services)
    {
        // The core services only: those of AddAuthentication() keep data-protection keys in the user's home, for cookies.
        services.AddWebEncoders();
        services.AddTransient<TokenAuthenticationHandler>();
        services.AddAuthenticationCore(o => o.AddScheme<TokenAuthenticationHandler>(PaddockPolicies.Scheme, null));
        services.AddTransient<PolicySchemeHandler>();
        services.AddAuthenticationCore(o => o.AddScheme<PolicySchemeHandler>(PaddockPolicies.UserScheme, null));
        services.AddOptions<PolicySchemeOptions>(PaddockPolicies.UserScheme).Configure<IOptions<PaddockHttpOptions>>(
            (o, http) => o.ForwardDefaultSelector = context => SchemeOf(context, http.Value));
        services.AddAuthorizationBuilder()
            .AddPolicy(PaddockPolicies.Caller, p => Require(p, PrincipalRole.Agent))
            .AddPolicy(PaddockPolicies.Author, p => Require(p, PrincipalRole.Author))
            .AddPolicy(PaddockPolicies.Operator, p => Require(p, PrincipalRole.Operator));
        services.AddOptions<AuthorizationOptions>().Configure<IOptions<PaddockHttpOptions>>((o, http) =>
        {
            o.AddPolicy(PaddockPolicies.User, p => Require(p, http.Value, PrincipalRole.Agent));
            o.AddPolicy(PaddockPolicies.Admin, p => Require(p, http.Value, PrincipalRole.Operator));
        });
    }

    // SECURITY: a token decides alone where one is presented; a cookie beside it, which a browser sends by itself, adds nothing.
    private static string SchemeOf(HttpContext context, PaddockHttpOptions options) =>
        options.ApplicationScheme is { } scheme && context.Request.Headers.Authorization.Count == 0 ? scheme : PaddockPolicies.Scheme;

    private static void Require(AuthorizationPolicyBuilder policy, PaddockHttpOptions options, PrincipalRole least) => policy
        .AddAuthenticationSchemes(PaddockPolicies.UserScheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => (context.User.Paddock() ?? options.Caller(context.User)) is { } principal && principal.Role >= least);

    private static void Require(AuthorizationPolicyBuilder policy, PrincipalRole least) => policy
        .AddAuthenticationSchemes(PaddockPolicies.Scheme)
        .RequireAuthenticatedUser()
        .RequireAssertion(context => context.User.Paddock() is { } principal && principal.Role >= least);
}
