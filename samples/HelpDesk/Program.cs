using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Paddock;
using Paddock.AspNetCore;
using Paddock.HostApi.Databases;
using Paddock.Samples.HelpDesk;
using Paddock.Samples.HelpDesk.Accounts;
using Paddock.Samples.HelpDesk.Desk;

if (HelpDeskOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(HelpDeskOptions.Usage);
    return 2;
}

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.WebHost.UseUrls(options.Urls);
builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

// The application itself: users with a cookie, tickets, pages.
var services = builder.Services;
services.AddSingleton(TimeProvider.System);
services.AddSingleton(_ => DeskDatabase.Open(options.Database));
services.AddSingleton<TicketStore>();
services.AddSingleton<UserStore>();
services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(options.Keys));
services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(o =>
{
    o.LoginPath = "/signin";
    o.Events.OnRedirectToAccessDenied = context =>
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    };
});
services.AddAuthorizationBuilder().AddPolicy(Account.Administrators, p => p.RequireRole(Account.Administrator));
services.AddRequestLocalization(o => o.SetDefaultCulture("en").AddSupportedCultures("en", "de").AddSupportedUICultures("en", "de"));
services.AddRazorPages(o =>
{
    o.Conventions.AuthorizeFolder("/").AllowAnonymousToPage("/SignIn");
    o.Conventions.AuthorizeFolder("/Plugins", Account.Administrators);
});

// Plugins: what languages they are in, what they may be granted, and who signs in to their routes.
services.AddPaddock(o =>
{
    o.DataDirectory = options.Plugins;
    o.PrivateDirectories.Add(options.Keys);
})
    .AddJavaScript()
    .AddWebAssembly()
    .AddJobs()
    .AddDatabases(d => d.AddSqlite(DatabaseOptions.DefaultName, options.Database))
    .AddHttpApi(o =>
    {
        o.ApplicationScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        o.Caller = Account.ToPaddock;
        o.HtmlClasses.Add("figures");
    });

var app = builder.Build();
if (app.Services.GetRequiredService<DeskDatabase>().Seed(TimeProvider.System.GetUtcNow()) is { } passwords)
{
    Console.WriteLine("These passwords are shown this once; only their hashes are kept.");
    foreach (var (login, password) in passwords) Console.WriteLine($"{login} password: {password}");
}

app.Use((context, next) =>
{
    // Nothing of these pages comes from elsewhere, and no script is theirs; the styles are those of widgets.
    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    context.Response.Headers.XContentTypeOptions = "nosniff";
    return next(context);
});
app.UseRequestLocalization();
app.UseStaticFiles();
app.UseRouting();
app.UseAuthentication();
app.UseAuthorization();
app.MapRazorPages();
app.MapPaddock();

await app.StartAsync();
Console.WriteLine($"ready: {app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()}");
if (options.StopWithInput) _ = StopWithInputAsync(app);
await app.WaitForShutdownAsync();
return 0;

// How a parent asks it to end.
static async Task StopWithInputAsync(WebApplication app)
{
    while (await Console.In.ReadLineAsync() is not null) { }
    app.Lifetime.StopApplication();
}
