using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Paddock.AspNetCore;

/// <summary>GoatKit's interface: <c>/api/v1/plugins</c>. The same use cases as the native one, in GoatKit's shapes and with its statuses.</summary>
internal static class GoatKitEndpoints
{
    public static void Map(RouteGroupBuilder group)
    {
        group.Get("", ListAsync).As("GoatKitListPlugins", "List plugins", PaddockPolicies.Author).Produces<GoatKitPlugins>();
        group.Post("/{name}/call/{fn}", CallAsync).As("GoatKitCall", "Call a function; the answer is its reply", PaddockPolicies.Caller, PaddockEndpoint.LongestCall).Accepts<object>("application/json").Produces<object>();
        group.Get("/widgets", Widgets).As("GoatKitListWidgets", "List widgets", PaddockPolicies.Caller).WithQuery("location", "string", "Only those of one place.").Produces<GoatKitWidgets>();
        group.Get("/{name}/widgets/{widget}", WidgetAsync).As("GoatKitWidget", "Render a widget", PaddockPolicies.Caller, PaddockEndpoint.LongestCall).Produces<GoatKitWidgetHtml>();
        group.Post("/{name}/enable", (HttpContext c, string name) => EnableAsync(c, name, true)).As("GoatKitEnable", "Enable a plugin", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Produces<GoatKitDone>();
        group.Post("/{name}/disable", (HttpContext c, string name) => EnableAsync(c, name, false)).As("GoatKitDisable", "Disable a plugin", PaddockPolicies.Operator).Produces<GoatKitDone>();
        group.Post("/upload", UploadAsync).As("GoatKitUpload", "Install a plugin: a .wasm or .zip as the part plugin of a form", PaddockPolicies.Operator, PaddockEndpoint.LongestCall).Accepts<byte[]>("multipart/form-data").Produces<GoatKitUploaded>();
        group.Get("/logs", Logs).As("GoatKitLogs", "List what plugins logged", PaddockPolicies.Operator)
            .WithQuery("plugin", "string", "Only that plugin's.").WithQuery("level", "string", "At least debug, info, warn or error.").WithQuery("limit", "integer", "1 to 1,000, 100 by default.").Produces<GoatKitLogs>();
        group.Delete("/logs", ClearLogsAsync).As("GoatKitClearLogs", "Forget what plugins logged", PaddockPolicies.Operator).WithQuery("plugin", "string", "Only that plugin's.").Produces<GoatKitDone>();
    }

    private static async Task<IResult> ListAsync(HttpContext context)
    {
        var packages = (await context.Service<IPackageService>().ListAsync(context.Caller(), context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GoatKitPlugins([.. packages.Select(GoatKitPlugin.From)]));
    }

    private static async Task<IResult> CallAsync(HttpContext context, string name, string fn)
    {
        var called = await DirectCalls.CallAsync(context, name, fn).ConfigureAwait(false);
        if (!called.TryGetValue(out var outcome, out var error)) throw new ApiError(StatusOf(error), error.Code, error.Message).AsException();
        if (outcome.Result.Status == CallStatus.Completed) return new RawJson(outcome.Result.Value);
        var failure = outcome.Result.Error;
        throw new ApiError(StatusCodes.Status400BadRequest, failure?.Code ?? ErrorCodes.GuestError, failure?.Message ?? "The plugin failed.").AsException();
    }

    // GoatKit: 404 no plugin, 403 disabled, 503 not initialised, 400 other.
    private static int StatusOf(ServiceError error) => error.Code switch
    {
        ServiceErrorCodes.PluginNotFound => StatusCodes.Status404NotFound,
        ServiceErrorCodes.PluginDisabled or ErrorCodes.FunctionNotCallable => StatusCodes.Status403Forbidden,
        ServiceErrorCodes.RuntimeUnavailable or ServiceResults.SafeMode => StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status400BadRequest,
    };

    private static IResult Widgets(HttpContext context)
    {
        string? location = Query.Text(context, "location");
        if (!ContributionEndpoints.IsAtHome(context)) return Wire.Ok(new GoatKitWidgets([]));
        var pages = context.Service<IPluginPages>();
        var places = location is not null ? [location] : ContributionEndpoints.Visible(context).Widgets.Select(w => w.Value.Location).Distinct(StringComparer.Ordinal);
        return Wire.Ok(new GoatKitWidgets([.. places.SelectMany(p => pages.Widgets(context, p)).Select(GoatKitWidget.From)]));
    }

    private static async Task<IResult> WidgetAsync(HttpContext context, string name, string widget)
    {
        var fragment = ContributionEndpoints.IsAtHome(context) ? await context.Service<IPluginPages>().RenderWidgetAsync(context, name, widget).ConfigureAwait(false) : null;
        if (fragment is null) throw new ApiError(StatusCodes.Status404NotFound, "WIDGET_NOT_FOUND", "There is no such widget.").AsException();
        if (fragment.Error is { } code) throw new ApiError(StatusCodes.Status400BadRequest, code, "The widget failed.").AsException();
        return Wire.Ok(new GoatKitWidgetHtml(name, widget, fragment.Widget!.Title, fragment.Html));
    }

    private static async Task<IResult> EnableAsync(HttpContext context, string name, bool enabled)
    {
        await context.NoBodyAsync();
        (await context.Service<IPackageService>().EnableAsync(context.Caller(), name, enabled, context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GoatKitDone(true));
    }

    private static async Task<IResult> UploadAsync(HttpContext context)
    {
        var outcome = (await context.Service<IPackageService>().InstallAsync(context.Caller(), await PackageUpload.ReadAsync(context, formOnly: true), context.RequestAborted)).OrRefuse();
        return Wire.Ok(new GoatKitUploaded(true, outcome.Package.Name, outcome.Digest, outcome.Active));
    }

    private static IResult Logs(HttpContext context)
    {
        var (plugin, least, limit) = HostEndpoints.LogQuery(context);
        var logs = context.Service<IPluginInsight>().Logs(context.Caller(), plugin, least, limit).OrRefuse();
        return Wire.Ok(new GoatKitLogs([.. logs.Select(l => new GoatKitLog(l.Plugin, Names.Of(l.Entry.Severity), l.Entry.Message, l.Entry.At))]));
    }

    private static async Task<IResult> ClearLogsAsync(HttpContext context)
    {
        await context.NoBodyAsync();
        context.Service<IPluginInsight>().ClearLogs(context.Caller(), Query.Text(context, "plugin")).OrRefuse();
        return Wire.Ok(new GoatKitDone(true));
    }

    private sealed class RawJson(ReadOnlyMemory<byte> json) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            httpContext.Response.ContentLength = json.Length;
            return httpContext.Response.BodyWriter.WriteAsync(json, httpContext.RequestAborted).AsTask();
        }
    }
}
