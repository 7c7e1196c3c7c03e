namespace HpcAgent.Kernels;

/// <summary>Sums over weighted values, without limits.</summary>
/// <param name="Weight">Σw.</param>
/// <param name="SquaredWeight">Σw².</param>
/// <param name="Sum">Σwx.</param>
/// <param name="Squares">Σwx².</param>
internal sealed record DecimalTotals(ExactDecimal Weight, ExactDecimal SquaredWeight, ExactDecimal Sum, ExactDecimal Squares)
{
    /// <summary>The sums over one value.</summary>
    public static DecimalTotals Of(ExactDecimal value, ExactDecimal weight)
    {
        ExactDecimal weighted = weight * value;
        return new DecimalTotals(weight, weight * weight, weighted, weighted * value);
    }

    public static DecimalTotals operator +(DecimalTotals left, DecimalTotals right) => new(
        left.Weight + right.Weight, left.SquaredWeight + right.SquaredWeight, left.Sum + right.Sum, left.Squares + right.Squares);
}
