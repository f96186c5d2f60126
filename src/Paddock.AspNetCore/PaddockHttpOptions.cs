using System.Security.Claims;

namespace Paddock.AspNetCore;

/// <summary>What an application sets for Paddock's HTTP interfaces and for what plugins contribute to its pages.</summary>
public sealed class PaddockHttpOptions
{
    /// <summary>Host names, besides <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>, under which the interfaces answer. A request with any other Host header gets 400. Empty by default. Names only: no port, no wildcard.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Most bytes of a request's body. Default 4 MiB; more gets 413.</summary>
    public int MaxBodyBytes { get; set; } = 4 << 20;

    /// <summary>Most bytes of an uploaded package. Default 64 MiB; more gets 413.</summary>
    public int MaxPackageBytes { get; set; } = 64 << 20;

    /// <summary>Time for a request that executes no plugin. Default 30 s; then 408 or 503. An execution has its own time limit, and this on top of it for everything around.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether every path of the application is Paddock's, so that its checks and its JSON errors hold for unknown paths too. Default false: an application keeps the say over its own paths.</summary>
    public bool OwnsAllPaths { get; set; }

    /// <summary>The tenant whose plugins contribute routes, pages and assets to this application. Default <see cref="Principal.DefaultTenant"/>. A caller of another tenant finds nothing there; the management interfaces go by the caller's own tenant.</summary>
    public string Tenant { get; set; } = Principal.DefaultTenant;

    /// <summary>The scheme under which the application's own users sign in (its cookie), for plugin routes and widgets. Null, the default: Paddock's tokens only. The management interfaces take tokens only.</summary>
    public string? ApplicationScheme { get; set; }

    /// <summary>Who an application's user is to Paddock; null from it for nobody. Needed with <see cref="ApplicationScheme"/>. Default: nobody.</summary>
    public Func<ClaimsPrincipal, Principal?> Caller { get; set; } = _ => null;

    /// <summary>
    /// What a plugin's route may name as its middleware, and the authorization policy that each stands for. <c>auth</c> (any known caller; what
    /// a route without middleware gets) and <c>admin</c> (operators) are there from the start. <c>public</c> is none of these: it stands for no
    /// authorization, and needs the capability <c>route:public</c>. A plugin that names another does not load.
    /// </summary>
    public IDictionary<string, string> Middleware { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [global::Paddock.Middleware.Authenticated] = PaddockPolicies.User,
        [global::Paddock.Middleware.Administrator] = PaddockPolicies.Admin,
    };

    /// <summary>Classes of the application's own style sheets that the HTML of plugins may use: exact, or with a trailing <c>*</c>. Empty by default; any other class <c>x</c> becomes <c>plugin-NAME-x</c>.</summary>
    public ISet<string> HtmlClasses { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Wall time of one widget or template, after which the page goes without it. Default 5 s.</summary>
    public TimeSpan PartTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The language of callers that ask for none. Default <c>en</c>.</summary>
    public string DefaultLanguage { get; set; } = "en";
}
