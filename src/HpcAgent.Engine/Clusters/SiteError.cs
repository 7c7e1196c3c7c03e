using System.Globalization;

namespace HpcAgent.Engine.Clusters;

/// <summary>Errors in <c>clusters.yaml</c>, each with its place.</summary>
internal static class SiteError
{
    public static HpcException At(string file, long line, long column, string problem, string remedy, Exception? inner = null) =>
        new(ErrorCode.ConfigInvalid, string.Create(CultureInfo.InvariantCulture, $"{file}:{line}:{column}: {problem}"), remedy, inner);

    public static HpcException At(string file, SiteNode node, string problem, string remedy) => At(file, node.Line, node.Column, problem, remedy);

    public static HpcException At(string file, SiteKey key, string problem, string remedy) => At(file, key.Line, key.Column, problem, remedy);
}
