using System.Globalization;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Reads from a request and the user's environment whether a canary is wanted.</summary>
internal static class CanaryWishes
{
    private const string Always = "HPC_AGENT_ALWAYS_CANARY";
    private const string Lifetime = "HPC_CANARY_TTL_SEC";

    /// <summary>The wish; null for no canary.</summary>
    /// <param name="request">The request.</param>
    /// <param name="environment">The user's environment.</param>
    /// <exception cref="HpcException">The request contradicts itself, or a variable cannot be read.</exception>
    public static CanaryWish? Of(SubmitRequest request, IReadOnlyDictionary<string, string> environment)
    {
        bool always = environment.GetValueOrDefault(Always) is { Length: > 0 } text && text is not ("0" or "false" or "no");
        bool isAlone = request.CanaryOnly == true;
        if (request.Canary == false && (isAlone || request.ForceCanary == true))
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"canary is false and {(isAlone ? "canary_only" : "force_canary")} is true",
                "Leave one of them out: canary_only sends the canary alone, force_canary sends one whatever the rules say.");
        if (!(request.Canary ?? (isAlone || request.ForceCanary == true || always))) return null;
        CanaryWish usual = new();
        return new CanaryWish
        {
            TaskId = request.CanaryTask ?? usual.TaskId,
            IsForced = request.ForceCanary == true || always,
            IsAlone = isAlone,
            SkipThreshold = request.CanarySkipThreshold ?? usual.SkipThreshold,
            WaitBudget = request.CanaryWaitBudgetSec is { } seconds ? TimeSpan.FromSeconds(seconds) : usual.WaitBudget,
            Lifetime = environment.GetValueOrDefault(Lifetime) is { Length: > 0 } given ? Seconds(given) : usual.Lifetime,
            ExpectedOutputs = request.CanaryExpectOutput ?? [],
        };
    }

    private static TimeSpan Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds <= 1e9
            ? TimeSpan.FromSeconds(seconds)
            : throw new HpcException(ErrorCode.ConfigInvalid, $"{Lifetime} is '{text}', which is no number of seconds", "Set it to a number such as 86400, or 0 to use no canary twice.");
}
