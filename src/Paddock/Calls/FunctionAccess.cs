using Paddock.Lifecycle;

namespace Paddock.Calls;

/// <summary>Who may call a function by its name.</summary>
// SECURITY: calling a function directly passes the same authorisation as its route, or handlers meant for administrators
// would be open to whoever guesses their names.
internal static class FunctionAccess
{
    public static bool MayCall(Principal caller, ActiveVersion version, NamedCall call)
    {
        if (call.Door != CallDoor.Direct || caller.Role == PrincipalRole.Operator) return true;
        var registration = version.Registration;
        // Every way of a function counts: one that answers a public and an administrators' route, or is
        // exported besides, is the administrators'.
        var routes = registration.Routes.Where(r => r.Handler == call.Function).ToArray();
        if (!Array.TrueForAll(routes, IsForEveryone)) return false;
        return routes.Length > 0 || version.Exports(call.Function) || registration.Tools.Any(t => t.Handler == call.Function);
    }

    // What else a route may ask for, only the application can decide; here that is an operator's.
    private static bool IsForEveryone(RouteRegistration route) => route.Middleware.All(m => m is Middleware.Authenticated or Middleware.Public);
}
