"""How descriptors change with the place: a quadratic of each, fitted to its gradients. On the caller's thread."""

import torch
from torch import Tensor

RIDGE = 100.0  # observations' worth of no bend at all
STEEPEST = 3.0  # times the median: a gradient beyond says where a descriptor jumps, not where it leads


def fit_gradients(points: Tensor, gradients: Tensor) -> tuple[Tensor, Tensor]:
    """Slopes [n, dims] at 0 and bends [n, dims, dims] of `gradients` [points, n, dims] at `points` [points, dims].

    Each bend is symmetric, as a second derivative is, and the ridge regression Q of the centred gradients D on the
    centred points X under that condition: Q S + S Q + 2 ridge Q = D'X + X'D with S = X'X, a Sylvester equation that
    the eigenvectors of S solve. So 128 points suffice for 128 dims, as each tells of every dim at once.
    """
    steep = gradients.norm(dim=2, keepdim=True)
    usual = STEEPEST * steep.median(0, keepdim=True).values
    tamed = (gradients * (usual / steep.clamp_min(1e-9)).clamp_max(1.0)).double()
    points = points.double()
    middle, slopes = points.mean(0), tamed.mean(0)
    centred = points - middle
    values, vectors = torch.linalg.eigh(centred.T @ centred)
    crossed = torch.einsum("bni,bj->nij", tamed - slopes, centred)
    turned = vectors.T @ (crossed + crossed.mT) @ vectors
    bends = vectors @ (turned / (values[:, None] + values + 2.0 * RIDGE)) @ vectors.T
    return (slopes - bends @ middle).float(), bends.float()
