using System.Globalization;

namespace HpcAgent.Engine.Preflight;

/// <summary>Judges how much room there is.</summary>
internal static class SpaceCheck
{
    private const long Gibibyte = 1L << 30;

    /// <summary>Adds the check: below 1 GiB is a warning, none at all a failure.</summary>
    /// <param name="checks">Where it goes.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="freeBytes">What is free there.</param>
    public static void Judge(CheckList checks, string folder, long freeBytes)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"{(double)freeBytes / Gibibyte:0.#} GiB are free in {folder}; a quota of yours may be smaller");
        if (freeBytes <= 0) checks.Fail(CheckName.Space, $"nothing is free in {folder}", "Make room there, or set 'scratch' to a folder that has some.");
        else if (freeBytes < Gibibyte) checks.Warn(CheckName.Space, message, "Make room there before a large run.");
        else checks.Pass(CheckName.Space, message);
    }
}
