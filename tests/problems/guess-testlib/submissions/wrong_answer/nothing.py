# Neither asks nor listens.
