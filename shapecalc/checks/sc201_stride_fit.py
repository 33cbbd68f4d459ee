"""The stride does not fit: the number of windows is not a whole number.

A filter of size F slides over W pixels, with P zeros on each side, in steps of S. Along each axis
it stands at

    (W - F + 2P)/S + 1

places, so S must divide W - F + 2P. AlexNet's paper puts filters of 11 with stride 4 on 224:

    (224 - 11 + 2*0)/4 + 1 = 54.25, remainder 1

The paper's figure shows 55, which is what 227 pixels give. PyTorch and Keras round down without a
word: the network runs, but its sizes are not those on paper, and the last row and column of the
image are never looked at.

The ways out, and what they give here:

    another S           S=3 gives (224 - 11)/3 + 1 = 72
    P on one side       P=[[0, 3], [0, 3]] adds the 3 missing zeros at the end: 55
    another F           F=12 gives (224 - 12)/4 + 1 = 54
    another W           227 gives 55, 223 gives 54
    rounding: floor     54, and the last row and column are dropped (SC401 says which)

The walk goes on with the rounded size, 54. `P: same` always fits: its zeros follow from W, F and S.

Bad, since 4 does not divide 224 - 11 = 213:

    input: 224x224x3
    layers:
      - conv: {K: 96, F: 11, S: 4}

Good, since it divides 227 - 11 = 216:

    input: 227x227x3
    layers:
      - conv: {K: 96, F: 11, S: 4}

Sources: Stanford CS231n, "Convolutional Networks"; Krizhevsky et al., 2012.
"""
