namespace HpcAgent.Engine.Tasks;

/// <summary>A here-document whose operator was read and whose lines follow.</summary>
/// <param name="Delimiter">The line that ends it.</param>
/// <param name="StripsTabs">Whether the operator was <c>&lt;&lt;-</c>.</param>
/// <param name="Quoted">Whether the delimiter was quoted, so that nothing is expanded.</param>
/// <param name="At">Where the operator stands.</param>
internal sealed record HereDocument(string Delimiter, bool StripsTabs, bool Quoted, int At);
