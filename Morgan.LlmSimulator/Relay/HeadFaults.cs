using Morgan.LlmSimulator.Plan;

namespace Morgan.LlmSimulator.Relay;

/// <summary>Faults that show before any answer is generated, and so take no slot.</summary>
internal static class HeadFaults
{
    private const string SignInPage =
        "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1>"
        + "<p>(simulated: a proxy's page where an answer should be)</p></body></html>";

    /// <summary>Answers as the fault says. False if the fault is of another sort.</summary>
    public static async Task<bool> TryApplyAsync(HttpContext context, Fault? fault)
    {
        var response = context.Response;
        switch (fault?.Kind)
        {
            case FaultKinds.Status:
                await ScriptedError.ForStatus(fault.Status, fault.RetryAfterSeconds).WriteAsync(context);
                return true;
            case FaultKinds.HealthLies:
                await ScriptedError.ForStatus(StatusCodes.Status503ServiceUnavailable).WriteAsync(context);
                return true;
            case FaultKinds.Refuse:
                Wire.Reset(context);
                return true;
            case FaultKinds.WrongContentType:
                response.ContentType = "text/html; charset=utf-8";
                await response.WriteAsync(SignInPage, context.RequestAborted);
                return true;
            case FaultKinds.Redirect:
                response.StatusCode = StatusCodes.Status307TemporaryRedirect;
                response.Headers.Location = $"{context.Request.Scheme}://{context.Request.Host}/simulator/redirected";
                return true;
            default:
                return false;
        }
    }
}
